internal import MoteMemory

/// Where the C interface asks for memory: raw values from 0x800 on.
extension AllocationSite {
    /// What the process-wide runtime knows of itself.
    static var cRuntime: Self { .init(rawValue: 0x800) }
    /// A handle of a module.
    static var cModule: Self { .init(rawValue: 0x801) }
    /// A handle of an instance.
    static var cInstance: Self { .init(rawValue: 0x802) }
    /// A handle of an execution environment.
    static var cEnvironment: Self { .init(rawValue: 0x803) }
    /// Blocks of `wasm_runtime_malloc`.
    static var cHostBlock: Self { .init(rawValue: 0x804) }
    /// A call of `wasm_runtime_register_natives`.
    static var cNatives: Self { .init(rawValue: 0x805) }
    /// An import that a native answers.
    static var cNativeImport: Self { .init(rawValue: 0x806) }
    /// Preopened directories while a WASI context is made.
    static var cPreopens: Self { .init(rawValue: 0x807) }
    /// Values of a call with more than fit on the native stack.
    static var cCallValues: Self { .init(rawValue: 0x808) }
    /// The text of an exception.
    static var cInstanceException: Self { .init(rawValue: 0x809) }
    /// Blocks that `wasm_runtime_realloc` makes larger.
    static var cHostBlockResize: Self { .init(rawValue: 0x80A) }
    /// How the parameters of an import reach its native.
    static var cNativeLetters: Self { .init(rawValue: 0x80B) }
    /// An import that nothing answers.
    static var cUnlinkedImport: Self { .init(rawValue: 0x80C) }
    /// Blocks of `wasm_runtime_aligned_alloc`.
    static var cAlignedBlock: Self { .init(rawValue: 0x80D) }
    /// The name that a host gives a module.
    static var cModuleName: Self { .init(rawValue: 0x80E) }
    /// Names of a module's imports and exports as C strings.
    static var cModuleNames: Self { .init(rawValue: 0x80F) }
    /// The file that sections make, while it is loaded.
    static var cSectionImage: Self { .init(rawValue: 0x810) }
    /// An object with arguments of an instantiation.
    static var cInstantiationArguments: Self { .init(rawValue: 0x811) }
    /// Data of hosts in an instance.
    static var cContexts: Self { .init(rawValue: 0x812) }
    /// The name under which modules import from a module.
    static var cRegisteredName: Self { .init(rawValue: 0x813) }
    /// A module that another one imports from.
    static var cDependency: Self { .init(rawValue: 0x814) }
    /// A handle of an instance's part.
    static var cPart: Self { .init(rawValue: 0x815) }
    /// An import of a part that a native answers.
    static var cPartNative: Self { .init(rawValue: 0x816) }
    /// A function's name in a call stack.
    static var cFunctionName: Self { .init(rawValue: 0x817) }
    /// How long a function ran.
    static var cExecutionTime: Self { .init(rawValue: 0x818) }
    /// A handle of a thread.
    static var cThread: Self { .init(rawValue: 0x819) }
    /// An instance's handle in a thread.
    static var cThreadInstance: Self { .init(rawValue: 0x81A) }
    /// An engine of the standard interface.
    static var cStandardEngine: Self { .init(rawValue: 0x820) }
    /// A store of the standard interface.
    static var cStandardStore: Self { .init(rawValue: 0x821) }
    /// Blocks of the standard interface: types, vectors, references, callbacks.
    static var cStandardBlock: Self { .init(rawValue: 0x822) }
    /// The table of a store's references in the standard interface.
    static var cStandardBuckets: Self { .init(rawValue: 0x823) }
    /// The same made larger.
    static var cStandardBucketGrowth: Self { .init(rawValue: 0x824) }
    /// The table of the host's objects.
    static var cExternrefs: Self { .init(rawValue: 0x828) }
    /// The same made larger.
    static var cExternrefGrowth: Self { .init(rawValue: 0x829) }
}
