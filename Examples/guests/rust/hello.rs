fn main() {
    println!("hello from wasm");
}
