// The engine's types whose names the public interface uses for its own.
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

typealias EnginePlan = MoteMemory.MemoryPlan
typealias EngineBacking = MoteMemory.LinearMemoryBacking
typealias EngineBounds = MoteMemory.BoundsChecks
typealias EngineTruncation = MoteMemory.Truncation
typealias EngineGuestHeap = MoteMemory.GuestHeap
typealias EngineAppHeapPlacement = MoteMemory.AppHeapPlacement
typealias EngineMemoryError = MoteMemory.MemoryError
typealias EngineRegion = MoteMemory.Region
typealias EngineOwnerKind = MoteMemory.OwnerKind
typealias EngineAccount = MoteMemory.MemoryAccount
typealias EngineModuleTables = MoteModule.Module
typealias EngineValueType = MoteModule.ValueType
typealias EngineGlobalType = MoteModule.GlobalType
typealias EngineMemoryType = MoteModule.MemoryType
typealias EngineTableType = MoteModule.TableType
typealias EngineLimits = MoteModule.Limits
typealias EngineExternalKind = MoteModule.ExternalKind
typealias EngineExternalValue = MoteEngine.ExternalValue
typealias EngineFeature = MoteModule.Feature
typealias EngineSharedHeap = MoteMemory.SharedHeap
typealias EngineTrapCode = MoteEngine.TrapCode
