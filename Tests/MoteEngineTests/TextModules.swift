import MoteEngine
import MoteText

extension Workbench {
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
