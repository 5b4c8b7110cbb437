import MoteModule
import MoteValidation
import Testing

/// The sentences stand in one list, in the order of the kinds.
@Suite
struct SentenceTests {
    @Test
    func `every kind has its sentence`() {
        let kinds = (UInt8(0)...).lazy.map { ValidationError.Kind(rawValue: $0) }.prefix { $0 != nil }
        let sentences = kinds.compactMap { $0?.text.description }
        #expect(sentences.count == Int(ValidationError.Kind.featureLeftOut.rawValue) + 1)
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
