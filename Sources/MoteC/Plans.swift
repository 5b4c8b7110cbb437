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
            door.plan = MotePlan()
            return true
        }
        guard MemoryOptions(plan.pointee.memory) != nil, Int(exactly: plan.pointee.gc_heap_size) != nil else {
            return false
        }
        door.plan = plan.pointee
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
    private var truncation: Truncation
    private var backing: LinearMemoryBacking
    private var bounds: BoundsChecks
    private var guestHeap: GuestHeap
    private var placement: AppHeapPlacement
    private var checksStack: Bool
    /// 0: no cap.
    private var maximumGuestHeapSizeInBytes: UInt64

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

extension MemoryPlan {
    /// Takes over what the host planned.
    mutating func apply(_ plan: MotePlan) {
        MemoryOptions(plan.memory)?.apply(to: &self)
        if plan.max_memory_pages > 0 { maximumMemoryPageCount = plan.max_memory_pages }
        if plan.gc_heap_size > 0 { gcHeapSizeInBytes = Int(clamping: plan.gc_heap_size) }
        if plan.native_stack_reserve > 0 { nativeStackReserveInBytes = Int(plan.native_stack_reserve) }
        if plan.retained_reservations > 0 { retainedReservationCount = Int(plan.retained_reservations) }
    }
}
