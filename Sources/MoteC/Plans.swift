package import CMoteAPI
internal import MoteEngine
internal import MoteMemory

@c @implementation
package func mote_get_version(
    _ major: UnsafeMutablePointer<UInt32>?,
    _ minor: UnsafeMutablePointer<UInt32>?,
    _ patch: UnsafeMutablePointer<UInt32>?
) {
    major?.pointee = 0
    minor?.pointee = 1
    patch?.pointee = 0
}

@c @implementation
package func mote_set_plan(_ plan: UnsafePointer<MotePlan>?) -> Bool {
    Door.exclusively {
        guard door.state == nil else { return false }
        guard let plan else {
            door.plan = HostPlan()
            return true
        }
        guard let memory = MemoryOptions(plan.pointee.memory),
            let gcHeapSize = Int(exactly: plan.pointee.gc_heap_size)
        else { return false }
        door.plan = HostPlan(
            memory: memory,
            maximumMemoryPageCount: plan.pointee.max_memory_pages,
            gcHeapSizeInBytes: gcHeapSize,
            nativeStackReserveInBytes: plan.pointee.native_stack_reserve,
            retainedReservationCount: plan.pointee.retained_reservations
        )
        return true
    }
}

@c @implementation
package func mote_instantiation_args_set_memory(
    _ handle: OpaquePointer?,
    _ options: UnsafePointer<MoteMemoryOptions>?
) -> Bool {
    guard let arguments = record(ofArguments: handle), let options,
        let options = MemoryOptions(options.pointee)
    else { return false }
    options.apply(to: &arguments.pointee.options.limits)
    return true
}

@c @implementation
package func mote_instantiation_args_set_memory_buffer(
    _ handle: OpaquePointer?,
    _ buffer: UnsafeMutableRawPointer?,
    _ size: UInt64,
    _ isZeroed: Bool
) -> Bool {
    guard let arguments = record(ofArguments: handle), let size = Int(exactly: size) else { return false }
    guard let buffer else {
        arguments.pointee.options.limits.linearMemoryBuffer = nil
        return true
    }
    guard UInt(bitPattern: buffer) & 15 == 0, size > 0 else { return false }
    arguments.pointee.options.limits.linearMemoryBuffer = LinearMemoryBuffer(
        base: UInt(bitPattern: buffer),
        sizeInBytes: size,
        isZeroed: isZeroed
    )
    return true
}

/// Options of the host's that mean something.
struct MemoryOptions {
    private var truncation = Truncation.automatic
    private var backing = LinearMemoryBacking.automatic
    private var bounds = BoundsChecks.automatic
    private var guestHeap = GuestHeap.automatic
    private var placement = AppHeapPlacement.append
    private var checksStack = true
    /// 0: no cap.
    private var maximumGuestHeapSizeInBytes: UInt64 = 0

    init() {}

    init?(_ options: MoteMemoryOptions) {
        guard let truncation = Truncation(rawValue: UInt8(clamping: options.truncation.rawValue)),
            let backing = LinearMemoryBacking(rawValue: UInt8(clamping: options.backing.rawValue)),
            let bounds = BoundsChecks(rawValue: UInt8(clamping: options.bounds.rawValue)),
            let guestHeap = GuestHeap(rawValue: UInt8(clamping: options.guest_heap.rawValue)),
            let placement = AppHeapPlacement(rawValue: UInt8(clamping: options.app_heap_place.rawValue))
        else { return nil }
        self.truncation = truncation
        self.backing = backing
        self.bounds = bounds
        self.guestHeap = guestHeap
        self.placement = placement
        checksStack = !options.omits_aux_stack_checks
        maximumGuestHeapSizeInBytes = options.max_guest_heap_size
    }

    func apply(to plan: inout MemoryPlan) {
        plan.truncation = truncation
        plan.linearMemory = backing
        plan.bounds = bounds
        plan.guestHeap = guestHeap
        plan.appHeapPlacement = placement
        plan.checksAuxiliaryStack = checksStack
        if maximumGuestHeapSizeInBytes > 0 { plan.maximumGuestHeapSizeInBytes = maximumGuestHeapSizeInBytes }
    }

    /// Defaults leave what the plan says.
    func apply(to limits: inout InstanceLimits) {
        limits.truncation = truncation == .automatic ? nil : truncation
        limits.linearMemory = backing == .automatic ? nil : backing
        limits.bounds = bounds == .automatic ? nil : bounds
        limits.guestHeap = guestHeap == .automatic ? nil : guestHeap
        limits.appHeapPlacement = placement == .append ? nil : placement
        limits.checksAuxiliaryStack = checksStack ? nil : false
        limits.maximumGuestHeapSizeInBytes =
            maximumGuestHeapSizeInBytes > 0 ? maximumGuestHeapSizeInBytes : nil
    }
}

/// A plan of the host's that means something; 0 leaves the default.
///
/// Not the C structure itself: in initial values of globals, the compiler forgets the padding of those.
struct HostPlan {
    var memory = MemoryOptions()
    var maximumMemoryPageCount: UInt64 = 0
    var gcHeapSizeInBytes = 0
    var nativeStackReserveInBytes: UInt32 = 0
    var retainedReservationCount: UInt32 = 0

    func apply(to plan: inout MemoryPlan) {
        memory.apply(to: &plan)
        if maximumMemoryPageCount > 0 { plan.maximumMemoryPageCount = maximumMemoryPageCount }
        if gcHeapSizeInBytes > 0 { plan.gcHeapSizeInBytes = gcHeapSizeInBytes }
        if nativeStackReserveInBytes > 0 { plan.nativeStackReserveInBytes = Int(nativeStackReserveInBytes) }
        if retainedReservationCount > 0 { plan.retainedReservationCount = Int(retainedReservationCount) }
    }
}
