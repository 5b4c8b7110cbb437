import MoteBinary
import MoteEngine
import MoteMemory
import MoteModule
import MotePlatform
import MoteValidation
import Testing

/// Texts that stand in lines, by the raw values of enumerations.
@Suite struct TextTests {
    /// The texts of all raw values that there are: one each, all different.
    private func texts(_ text: (UInt8) -> Text?) -> [String] {
        let all = (UInt8.min...UInt8.max).compactMap { text($0)?.description }
        #expect(Set(all).count == all.count)
        #expect(!all.contains { $0.isEmpty || $0.contains("\n") })
        return all
    }

    @Test func `every raw value has a line, and the last line is the last one's`() {
        let decoding = texts { DecodeError.Kind(rawValue: $0)?.text }
        #expect(decoding.count == 41 && decoding.last == "out of memory")
        let validation = texts { ValidationError.Kind(rawValue: $0)?.text }
        #expect(validation.count == 40 && validation.last == "feature is not in this build")
        let traps = texts { TrapCode(rawValue: $0)?.text }
        #expect(traps.first == "no trap" && traps.suffix(2) == ["auxiliary stack underflow", "exit"])
        let features = texts { Feature(rawValue: $0)?.name }
        #expect(features.count == Feature.count && features.last == "branch-hints")
        let titles = texts { Feature(rawValue: $0)?.title }
        #expect(titles.count == Feature.count && titles.last == "branch hints")
        let regions = texts { Region(rawValue: $0)?.name }
        #expect(regions.count == Region.count && regions.last == "app heap")
        let owners = texts { OwnerKind(rawValue: $0)?.name }
        #expect(owners.count == 7 && owners.last == "shared heap")
        let faults = texts { PlanFault(rawValue: $0)?.text }
        #expect(faults.count == 10 && faults.first == "no fault")
        let notes = texts { MemoryNote(rawValue: $0)?.text }
        #expect(notes.count == MemoryNote.count)
    }

    @Test func `lines are found by number, and none where there are fewer`() {
        let lines = TextLines("first\n\nthird")
        #expect((0..<4).map { lines.line($0).description } == ["first", "", "third", ""])
    }
}
