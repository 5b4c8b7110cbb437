package import MoteModule

/// A module that keeps all rules of the specification: what instantiation and translation take.
///
/// A handle; whoever owns the module's arena owns what it points at. Made by ``ModuleValidator`` only.
package struct ValidatedModule {
    package let module: Module.Pointer

    init(module: Module.Pointer) {
        self.module = module
    }
}
