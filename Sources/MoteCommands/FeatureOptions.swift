internal import ArgumentParser
internal import Mote

/// Which proposals modules may make use of, as options.
struct FeatureOptions: ParsableArguments {
    @Option(
        name: .customLong("enable"),
        help: ArgumentHelp(
            "Switch features on, and what they need; `mote features` lists them.",
            discussion: "Names parted by commas, or all.",
            valueName: "features"
        )
    )
    var enabled: [FeatureNames] = []

    @Option(
        name: .customLong("disable"),
        help: ArgumentHelp(
            "Switch features off, and what needs them; goes before --enable.",
            discussion: "Names parted by commas, or all, which leaves WebAssembly 1.0.",
            valueName: "features"
        )
    )
    var disabled: [FeatureNames] = []

    func validate() throws {
        for feature in enabled.flatMap(\.named) {
            if !feature.isExecutable {
                throw ValidationError("--enable \(feature.rawValue): this version does not execute it")
            }
            for other in [feature] + feature.needs
            where disabled.contains(where: { $0.named.contains(other) }) {
                let why = other == feature ? "it too" : "\(feature.rawValue), which needs it"
                throw ValidationError("--disable \(other.rawValue): --enable asks for \(why)")
            }
        }
    }

    /// The set that they make: what is off goes first, so that `--disable all --enable simd` leaves one.
    var features: Features {
        var features = Features.standard
        for names in disabled {
            if names.isAll { features = .none }
            for feature in names.named { features.disable(feature) }
        }
        for names in enabled {
            if names.isAll { features = Self.allBut(disabled.flatMap(\.named)) }
            for feature in names.named { features.enable(feature) }
        }
        return features
    }

    /// The options as words of a command line.
    var words: [String] {
        disabled.map { "--disable=\($0.text)" } + enabled.map { "--enable=\($0.text)" }
    }

    private static func allBut(_ disabled: [Feature]) -> Features {
        var features = Features.all
        for feature in disabled { features.disable(feature) }
        return features
    }
}

/// A list of features, as `simd,gc`; `all` stands for every one.
struct FeatureNames: ExpressibleByArgument {
    var named: [Feature]
    var isAll: Bool

    /// As users write it.
    var text: String { ((isAll ? ["all"] : []) + named.map(\.rawValue)).joined(separator: ",") }

    init?(argument: String) {
        named = []
        isAll = false
        let names = argument.split(separator: ",", omittingEmptySubsequences: false)
        for name in names {
            if name == "all" {
                isAll = true
            } else if let feature = Feature(rawValue: String(name)) {
                named.append(feature)
            } else {
                return nil
            }
        }
    }
}

/// `mote features`: what can be switched on and off.
struct FeaturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "features",
        abstract: "Lists the features that --enable and --disable know.",
        discussion: """
            Each with whether it is on by default. Switching one on switches on what it needs; switching one off \
            switches off what needs it.
            """
    )

    func run() { Output.standard(Feature.allCases.map { Self.line($0) + "\n" }.joined()) }

    private static func line(_ feature: Feature) -> String {
        let state = Features.standard.contains(feature) ? "on" : feature.isExecutable ? "off" : "-"
        let needs = feature.needs.map(\.rawValue).joined(separator: ", ")
        return InspectCommand.padded(feature.rawValue, 28) + InspectCommand.padded(state, 5) + feature.title
            + (needs.isEmpty ? "" : "; needs " + needs)
            + (feature.isExecutable ? "" : "; not executed by this version")
    }
}
