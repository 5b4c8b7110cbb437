package import CMoteAPI
internal import CPlatform

// Threads need nothing before they call guests: what hosts do for WAMR is taken note of.

@c @implementation
package func wasm_runtime_init_thread_env() -> Bool {
    mote_thread_set_ready(true)
    return true
}

@c @implementation
package func wasm_runtime_destroy_thread_env() { mote_thread_set_ready(false) }

@c @implementation
package func wasm_runtime_thread_env_inited() -> Bool { mote_thread_is_ready() }

@c @implementation
package func wasm_runtime_set_max_thread_num(_ count: UInt32) {
    guard count > 0 else { return }
    door.maximumThreadCount = count
    Door.current?.pointee.maximumThreadCount = count
}
