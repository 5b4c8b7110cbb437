import MoteModule
import MoteValidation
import Testing

/// The sentences stand in one list, in the order of the kinds.
@Suite
struct SentenceTests {
    @Test
    func `every kind has its sentence`() {
        let last = ValidationError.Kind.featureLeftOut.rawValue
        let sentences = (0...last).compactMap { ValidationError.Kind(rawValue: $0)?.text.description }
        #expect(sentences.count == Int(last) + 1)
        #expect(!sentences.contains(""))
        #expect(Set(sentences).count == sentences.count)
    }

    @Test(arguments: [
        (ValidationError.Kind.typeMismatch, "type mismatch"),
        (.unknownLabel, "unknown label"),
        (.constantExpressionRequired, "constant expression required"),
        (.startFunction, "start function"),
        (.invalidRethrowLabel, "invalid rethrow label"),
        (.tooManySlots, "function needs more than 32,000 slots"),
        (.featureLeftOut, "feature is not in this build"),
    ])
    func `sentences are in the order of the kinds`(kind: ValidationError.Kind, text: String) {
        #expect(kind.text.description == text)
    }
}
