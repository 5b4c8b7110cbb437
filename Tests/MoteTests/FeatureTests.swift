import Mote
import MoteTestSupport
import Testing

struct FeatureTests {
    /// A function with two results.
    private static let twoResults: [UInt8] = {
        var builder = ModuleBuilder()
        let type = builder.functionType([], [.i32, .i32])
        builder.export("pair", .function, builder.function(type: type, [0x41, 1, 0x41, 2]))
        return builder.build()
    }()

    @Test func `a module of a feature that is off is refused by the feature's name`() throws {
        let runtime = try Runtime(features: .standard.disabling(.multiValue))
        #expect(runtime.features.contains(.tailCalls))
        do {
            _ = try runtime.load(bytes: Self.twoResults)
            Issue.record("it was loaded")
        } catch {
            guard case .featureOff(.multiValue, nil, let byteOffset) = error else {
                Issue.record(error)
                return
            }
            #expect(byteOffset < Self.twoResults.count)
            #expect(
                error.description.hasPrefix(
                    "this module uses several results (multi-value), which is switched off: "
                        + "features.enable(.multiValue)"
                )
            )
        }
    }

    @Test func `a load may have other features than its runtime`() throws {
        let runtime = try Runtime(features: .none)
        let module = try runtime.load(bytes: Self.twoResults, features: .none.enabling(.multiValue))
        #expect(module.usedFeatures == [.multiValue])
        #expect(try module.instantiate().function("pair").call([]).map(\.description) == ["1", "2"])
        #expect(throws: RuntimeError.self) { try runtime.load(bytes: Self.twoResults) }
    }

    @Test func `every feature has a name, a title and a place in the sets`() {
        for feature in Feature.allCases {
            #expect(!feature.title.isEmpty)
            #expect(Feature(rawValue: feature.rawValue) == feature)
            #expect(Features.all.contains(feature) == feature.isExecutable)
            #expect(Features.none.contains(feature) == false)
            #expect(
                Features.standard.contains(feature) == (feature.isExecutable && feature != .legacyExceptions)
            )
            for needed in feature.needs where feature.isExecutable {
                #expect(Features.none.enabling(feature).contains(needed))
                #expect(!Features.all.disabling(needed).contains(feature))
            }
        }
    }
}
