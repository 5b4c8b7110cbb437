import MoteEngine
import MoteText

extension Workbench {
    /// Loads a module that is written as text.
    func load(text: String) throws -> EngineModule {
        try load(TextModule.assemble(Array(text.utf8)))
    }

    /// Instantiates a module that is written as text.
    func instantiate(
        text: String,
        limits: InstanceLimits = InstanceLimits(),
        _ imports: [String: ExternalValue] = [:]
    ) throws -> EngineInstance {
        let bytes = try TextModule.assemble(Array(text.utf8))
        return try instantiate(load(bytes), limits: limits, imports)
    }
}
