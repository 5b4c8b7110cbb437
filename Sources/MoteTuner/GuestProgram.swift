package import Mote

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// One way to run a program: arguments and standard input.
package struct GuestInput: Sendable {
    package var arguments: [String]
    package var standardInput: [UInt8]
    /// As the user wrote it.
    package var label: String

    package init(arguments: [String], standardInput: [UInt8] = [], label: String) {
        self.arguments = arguments
        self.standardInput = standardInput
        self.label = label
    }
}

/// A program that can be run again and again, each time in a runtime of its own.
package struct GuestProgram {
    /// Its name as arguments have it.
    package var name: String
    package var inputs: [GuestInput]
    /// Directories that runs share as they are.
    package var directories: [Preopen] = []
    /// Directories of which each run gets a copy.
    package var copies: DirectoryCopies
    package var variables: [String] = []
    package var features = Features.standard
    package var isDeterministic = false
    package var fuel: Int64?
    /// Everything of the plan but the sizes that are looked for.
    package var plan = MemoryPlan()
    /// Brings the module into a runtime.
    package var load: (Runtime) throws -> Module
    /// Calls what is to be called, writes results, and answers the exit code.
    package var enter: (_ instance: Instance, _ input: GuestInput, _ output: Int32) throws -> UInt32
    /// Whether arguments go to `enter` alone.
    package var hidesArguments = false
    /// An error's first line as users read it.
    package var describe: (any Error) -> String = { "\($0)" }

    package init(
        name: String,
        inputs: [GuestInput],
        copies: DirectoryCopies,
        load: @escaping (Runtime) throws -> Module,
        enter: @escaping (_ instance: Instance, _ input: GuestInput, _ output: Int32) throws -> UInt32
    ) {
        self.name = name
        self.inputs = inputs
        self.copies = copies
        self.load = load
        self.enter = enter
    }

    /// The plan with some sizes.
    package func plan(_ sizes: TunedSizes) -> MemoryPlan {
        var plan = plan
        if let size = sizes[.globalHeap] { plan.globalHeap = .pool(bytes: size) }
        if let size = sizes[.operandStack] { plan.operandStack = size }
        if let pages = sizes[.linearMemory] { plan.maximumPages = UInt64(max(0, pages)) }
        if let size = sizes[.guestHeap] { plan.maximumGuestHeap = UInt64(max(0, size)) }
        if let size = sizes[.appHeap] { plan.appHeap = size }
        if let size = sizes[.gcHeap] { plan.gcHeap = size }
        return plan
    }

    /// Runs an input under sizes.
    ///
    /// Errors of any kind are part of the answer.
    package func run(
        _ sizes: TunedSizes,
        input index: Int,
        milliseconds: Int,
        control: RunControl
    ) -> Observation {
        guard inputs.indices.contains(index) else {
            return Observation(ending: .failed, reason: "no such input")
        }
        guard control.begin(milliseconds: milliseconds) else { return Observation(ending: .interrupted) }
        let begun = RunControl.milliseconds
        var observation = attempt(sizes, inputs[index], number: index, control)
        let wasLate = control.endRun()
        observation.milliseconds = RunControl.milliseconds - begun
        if control.isCancelled {
            observation.ending = .interrupted
        } else if wasLate {
            observation.ending = .timedOut
            observation.reason = "not done after \(milliseconds) ms"
        }
        return observation
    }

    private func attempt(
        _ sizes: TunedSizes,
        _ input: GuestInput,
        number: Int,
        _ control: RunControl
    ) -> Observation {
        let preopens: [Preopen]
        do {
            preopens = try copies.prepare() + directories
        } catch {
            return Observation(ending: .failed, reason: "\(error.path): \(error.reason)")
        }
        guard let source = openInput(input, number: number), let capture = OutputCapture() else {
            return Observation(ending: .failed, reason: "no descriptors: \(String(cString: strerror(errno)))")
        }
        defer { close(source) }
        let plan = plan(sizes)
        var observation = Trial(program: self, plan: plan, pool: sizes[.globalHeap])
            .run(input, preopens, source: source, capture: capture, control: control)
        let digests = capture.digests
        observation.output.standard = digests.standard
        observation.output.error = digests.error
        do {
            observation.output.files = try copies.changes()
        } catch {
            return Observation(ending: .failed, reason: "\(error.path): \(error.reason)")
        }
        return observation
    }

    /// A descriptor at the beginning of an input's bytes; nil where there is none to be had.
    private func openInput(_ input: GuestInput, number: Int) -> Int32? {
        if input.standardInput.isEmpty {
            let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
            return descriptor < 0 ? nil : descriptor
        }
        let path = "\(copies.root)/input-\(number)"
        let known = open(path, O_RDONLY | O_CLOEXEC)
        if known >= 0 { return known }
        let target = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard target >= 0 else { return nil }
        var done = 0
        while done < input.standardInput.count {
            let count = input.standardInput[done...].withUnsafeBytes {
                write(target, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            done += count
        }
        close(target)
        guard done == input.standardInput.count else {
            unlink(path)
            return nil
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        return descriptor < 0 ? nil : descriptor
    }
}
