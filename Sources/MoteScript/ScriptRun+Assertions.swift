internal import MoteBinary
internal import MoteEngine
internal import MoteModule
internal import MoteValidation

extension ScriptRun {
    func assertReturn(_ action: ScriptAction, _ expected: [ResultPattern]) throws(CommandFault) {
        let results = try results(of: action)
        let isMatch =
            results.count == expected.count
            && zip(results, expected).allSatisfy { $0.matches($1, in: store) }
        guard !isMatch else { return }
        let came = ScriptText.of(results, like: expected, in: store)
        throw CommandFault("expected \(ScriptText.of(expected)), got \(came)")
    }

    func assertTrap(_ action: ScriptAction, _ message: String) throws(CommandFault) {
        try compare(try trap(of: action, expecting: "trap \"\(message)\""), message)
    }

    func assertExhaustion(_ action: ScriptAction, _ message: String) throws(CommandFault) {
        let trap = try trap(of: action, expecting: "trap \"\(message)\"")
        guard trap == .callStackExhausted else {
            throw CommandFault("expected \"\(message)\", got trap: \(trap.text)")
        }
    }

    func assertException(_ action: ScriptAction) throws(CommandFault) {
        let trap = try trap(of: action, expecting: "an exception")
        guard trap == .uncaughtException else {
            throw CommandFault("expected an exception, got trap: \(trap.text)")
        }
    }

    private func trap(of action: ScriptAction, expecting: String) throws(CommandFault) -> TrapCode {
        switch try outcome(of: action) {
        case .trap(let trap): return trap
        case .results(let results):
            throw CommandFault("expected \(expecting), got \(ScriptText.of(results, like: [], in: store))")
        }
    }

    /// The suite's wording is the beginning of ours, or names an index or the kind of reference in addition.
    private func compare(_ trap: TrapCode, _ expected: String) throws(CommandFault) {
        let text = "\(trap.text)"
        if text.hasPrefix(expected) { return }
        if expected.hasPrefix(text), expected.dropFirst(text.count).allSatisfy({ " 0123456789".contains($0) })
        {
            return
        }
        if trap == .nullReference, expected.hasPrefix("null "), expected.hasSuffix(" reference") { return }
        throw CommandFault("expected trap \"\(expected)\", got trap: \(text)")
    }

    // MARK: Modules

    func assertTrap(_ module: ScriptModule, _ message: String) throws(CommandFault) {
        let loaded = try load(module)
        do throws(EngineError) {
            _ = try instantiate(loaded)
        } catch {
            guard case .trap(let trap) = error else { throw CommandFault(ScriptErrorText.of(error)) }
            return try compare(trap, message)
        }
        throw CommandFault("expected trap \"\(message)\", was instantiated")
    }

    func assertUnlinkable(_ module: ScriptModule, _ message: String) throws(CommandFault) {
        let loaded = try load(module)
        do throws(EngineError) {
            _ = try instantiate(loaded)
        } catch {
            guard case .link(let fault) = error else { throw CommandFault(ScriptErrorText.of(error)) }
            let text = "\(fault.kind.text)"
            guard text.hasPrefix(message) else {
                throw CommandFault("expected \"\(message)\", got: \(text), import \(fault.importIndex)")
            }
            return
        }
        throw CommandFault("expected \"\(message)\", was linked")
    }

    /// Passes where the text parser or the decoder refuses.
    func assertMalformed(_ module: ScriptModule, _ message: String) throws(CommandFault) {
        guard case .success(let binary) = module.content else { return }
        guard let error = refusal(of: binary) else {
            throw CommandFault("expected malformed \"\(message)\", was accepted")
        }
        guard isRefused(error, isMalformed: true) else {
            throw CommandFault("expected malformed \"\(message)\", got: \(ScriptErrorText.of(error))")
        }
    }

    /// Passes where the validator refuses.
    func assertInvalid(_ module: ScriptModule, _ message: String) throws(CommandFault) {
        switch module.content {
        case .failure(let error):
            throw CommandFault("expected invalid \"\(message)\", the text is malformed: \(error.message)")
        case .success(let binary):
            guard let error = refusal(of: binary) else {
                throw CommandFault("expected invalid \"\(message)\", was accepted")
            }
            guard isRefused(error, isMalformed: false) else {
                throw CommandFault("expected invalid \"\(message)\", got: \(ScriptErrorText.of(error))")
            }
        }
    }

    /// Whether a module was refused at the right stage; what a feature gives that the script does not ask for is
    /// both malformed and invalid.
    private func isRefused(_ error: EngineError, isMalformed: Bool) -> Bool {
        switch ScriptErrorText.stage(of: error) {
        case .decoding: isMalformed
        case .validation: !isMalformed
        case .feature(let feature): !wanted.contains(feature)
        case .other: false
        }
    }

    /// Passes where whoever reads custom sections or their annotations refuses.
    func assertRefusedCustom(_ module: ScriptModule, _ message: String) throws(CommandFault) {
        guard case .success(let binary) = module.content, refusal(of: binary) == nil else { return }
        throw CommandFault("expected a refusal \"\(message)\", was accepted")
    }

    private func refusal(of binary: [UInt8]) -> EngineError? {
        do throws(EngineError) {
            _ = try load(binary)
            return nil
        } catch {
            return error
        }
    }
}
