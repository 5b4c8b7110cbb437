internal import MoteMemory
package import MoteModule

/// Checks a decoded module against the rules of the specification (spec 3, "Validation").
package enum ModuleValidator {
    /// Proposals that this room has rules for.
    ///
    /// Others are refused by name even when an embedder turns them on.
    package static var supported: FeatureSet { .executable }

    /// Checks everything, function bodies included, and notes in the module what translation needs to know:
    /// ``FunctionDeclaration/localSlots``, ``FunctionDeclaration/maximumOperandSlots``,
    /// ``Module/usesMemorySize`` and ``Module/usedFeatures``.
    ///
    /// Takes time in proportion to the module's bytes. Scratch comes from the module's arena and is given back,
    /// whatever the end.
    package static func validate(
        module: Module.Pointer,
        registry: TypeRegistry.Pointer,
        features: FeatureSet
    ) throws(ValidationFailure) -> ValidatedModule {
        let allowed = FeatureSet(rawValue: features.rawValue & supported.rawValue)
        let scratch: ValidationScratch
        do {
            scratch = try ValidationScratch(in: module.pointee.arena)
        } catch {
            throw .memory(error)
        }
        var validator = Validator(module: module, registry: registry, features: allowed, scratch: scratch)
        validator.validateModule()
        validator.release()
        guard !validator.hasFailed else { throw validator.failure }
        module.pointee.usedFeatures = FeatureSet(
            rawValue: module.pointee.usedFeatures.rawValue | validator.usedFeatures.rawValue
        )
        module.pointee.usesMemorySize = validator.usesMemorySize
        return ValidatedModule(module: module)
    }
}

extension Validator {
    /// The sections in the order in which one builds on another; bodies last.
    fileprivate mutating func validateModule() {
        validateTypes()
        validateFunctionTypes()
        // What names a function goes by this without a test.
        if hasFailed { return }
        validateTables()
        validateMemories()
        validateTags()
        validateGlobals()
        validateElementSegments()
        validateDataSegments()
        validateStart()
        validateImports()
        validateExports()
        var index = module.pointee.importedFunctionCount
        while index < functions.count, !hasFailed {
            validateFunction(UInt32(truncatingIfNeeded: index))
            index &+= 1
        }
    }
}
