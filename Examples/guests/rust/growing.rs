//! Asks for blocks of 16 KiB until the allocator fails or 32 are there.
fn main() {
    let mut blocks = Vec::new();
    while blocks.len() < 32 {
        let mut block: Vec<u8> = Vec::new();
        if block.try_reserve_exact(16 * 1024).is_err() {
            break;
        }
        blocks.push(block);
    }
    println!("{} blocks", blocks.len());
}
