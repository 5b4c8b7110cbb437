import Foundation
import MoteModule
import MoteValidation
import Testing

/// The official test suite's modules, converted to JSON and binaries by a tool beforehand: `MOTE_SPEC_JSON` names the
/// folder that holds one folder per script.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["MOTE_SPEC_JSON"] != nil))
struct SpecificationTests {
    private struct Script: Decodable {
        struct Command: Decodable {
            var type: String
            var line: Int?
            var filename: String?
            var text: String?
        }
        var commands: [Command]
    }

    private func eachModule(
        _ body: (_ script: String, _ command: String, _ text: String, _ bytes: [UInt8]) -> Void
    ) throws {
        let root = URL(fileURLWithPath: ProcessInfo.processInfo.environment["MOTE_SPEC_JSON"] ?? "")
        let folders = try FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)
        for folder in folders.sorted(by: { $0.path < $1.path }) {
            let name = folder.lastPathComponent
            guard let data = try? Data(contentsOf: folder.appendingPathComponent(name + ".json")) else {
                continue
            }
            for command in try JSONDecoder().decode(Script.self, from: data).commands {
                guard let file = command.filename, file.hasSuffix(".wasm") else { continue }
                let bytes = try Data(
                    contentsOf: folder.appendingPathComponent((file as NSString).lastPathComponent)
                )
                body("\(name):\(command.line ?? 0)", command.type, command.text ?? "", [UInt8](bytes))
            }
        }
    }

    private func mustBeRefused(_ command: String) -> Bool {
        command == "assert_invalid" || command == "assert_malformed"
    }

    @Test
    func `all modules of the specification are told apart with every proposal on`() throws {
        var counts = (valid: 0, refused: 0, sameText: 0, wrong: 0)
        let features = FeatureSet(rawValue: .max)
        try eachModule { script, command, text, bytes in
            let result = outcome(of: bytes, features: features)
            if mustBeRefused(command) {
                if result == .valid {
                    counts.wrong += 1
                    print("accepted", script, command, text)
                } else {
                    counts.refused += 1
                    if result.text.hasPrefix(text) || text.hasPrefix(result.text) {
                        counts.sameText += 1
                    } else if ProcessInfo.processInfo.environment["MOTE_SPEC_TEXTS"] != nil {
                        print("text", script, command, "|", text, "|", result.text)
                    }
                }
            } else if result == .valid {
                counts.valid += 1
            } else {
                counts.wrong += 1
                print("refused", script, command, result.text)
            }
        }
        print("specification, all proposals:", counts)
        #expect(counts.wrong == 0)
    }

    @Test
    func `with what is executable, only proposals are refused`() throws {
        var counts = (valid: 0, refused: 0, byName: 0, wrong: 0)
        try eachModule { script, command, text, bytes in
            let result = outcome(of: bytes, features: .executable)
            switch result {
            case .valid where mustBeRefused(command):
                counts.wrong += 1
                print("accepted", script, command, text)
            case .valid: counts.valid += 1
            case .off: counts.byName += 1
            case _ where mustBeRefused(command): counts.refused += 1
            default:
                counts.wrong += 1
                print("refused", script, command, result.text)
            }
        }
        print("specification, executable:", counts)
        #expect(counts.wrong == 0)
    }
}
