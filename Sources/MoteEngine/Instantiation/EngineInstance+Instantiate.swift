internal import CPlatform
internal import MoteMemory
internal import MoteModule

extension EngineInstance {
    /// Instantiates a module (spec 4.7.2): links its imports, makes its entities, initialises segments, runs start.
    ///
    /// `resolve` is asked once for each import, in order. The start function runs in `environment`, or in the
    /// instance's default one. After a failure everything is given back, except where references of the instance
    /// were published: then it lives on, escaped, as the specification asks.
    package static func instantiate(
        _ module: EngineModule, in store: EngineStore, limits: InstanceLimits = InstanceLimits(),
        environment: EngineEnvironment? = nil, resolve: (ImportRequest) -> ExternalValue?
    ) throws(EngineError) -> EngineInstance {
        throw .usage(.unsupported)
    }
}
