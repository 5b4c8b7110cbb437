// swift-tools-version: 6.2
import PackageDescription

// Two builds of ring 0 from one manifest: `swift build` compiles it as ordinary modules that ring 1 imports;
// with MOTE_EMBEDDED=1 and its own --scratch-path it is compiled in Embedded mode with -no-allocations, which
// proves that nothing in ring 0 allocates outside GlobalHeap. scripts/build-embedded does the second.
let embedded = Context.environment["MOTE_EMBEDDED"] == "1"
let trampoline = Context.environment["MOTE_TRAMPOLINE"] == "1"
// Names of parts that ring 0 is built without, parted by spaces: scripts/build-embedded says which there are. Each is
// a condition of Swift and of C, MOTE_WITHOUT_ and the name in capitals; only Sources/MotePlatform/Build.swift and what
// is generated ask for them.
let parts = [
    "wasi", "simd", "gc", "exceptions", "threads", "memory64", "multi-memory", "custom-page-sizes",
    "wide-arithmetic",
    "shared-heap", "libc",
]
let leftOut: [String] = (Context.environment["MOTE_WITHOUT"] ?? "").split(separator: " ").map(String.init)
for name in leftOut where !parts.contains(name) {
    fatalError("MOTE_WITHOUT: no part \(name); there are: \(parts.joined(separator: " "))")
}
let conditions = leftOut.map { "MOTE_WITHOUT_" + String($0.uppercased().map { $0 == "-" ? "_" : $0 }) }

// Names of test targets, parted by commas: only they and ring 0 are in the package, so that builds with a sanitizer
// take minutes less.
let wantedTests = Context.environment["MOTE_ONLY_TESTS"].map { $0.split(separator: ",").map(String.init) }

let common: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("ExistentialAny"),
    ] + (trampoline ? [.define("VM_TRAMPOLINE")] : [])

let ring0: [SwiftSetting] =
    common
    + conditions.map { .define($0) }
    + (embedded
        ? [
            .define("MOTE_EMBEDDED"),
            .enableExperimentalFeature("Embedded"),
            // The attributes keep the back end from spending bytes where nothing gets faster by them: a seventh of the
            // code; the interpreter's handlers are as fast with them.
            .unsafeFlags([
                "-Xfrontend", "-no-allocations", "-wmo", "-Xfrontend", "-function-sections",
                "-Xllvm", "-force-attribute=minsize", "-Xllvm", "-force-attribute=optsize",
                // Nothing is held while something else runs; the checks are calls at each use of a global.
                "-enforce-exclusivity=unchecked",
                "-Xfrontend", "-disable-stack-protector",
                // One copy of a function for all closures that it is called with.
                "-Xllvm", "-sil-disable-pass=closure-specialize", "-Xllvm", "-sil-disable-pass=capture-prop",
            ]),
        ] : [])

let ring0Targets: [Target] = [
    .target(
        name: "CPlatform",
        cSettings: (conditions + (embedded ? ["MOTE_EMBEDDED"] : [])).map { .define($0) }
    ),
    .target(name: "MotePlatform", dependencies: ["CPlatform"], swiftSettings: ring0),
    .target(name: "MoteMemory", dependencies: ["CPlatform", "MotePlatform"], swiftSettings: ring0),
    .target(
        name: "MoteModule",
        dependencies: ["CPlatform", "MotePlatform", "MoteMemory"],
        swiftSettings: ring0
    ),
    .target(
        name: "MoteBinary",
        dependencies: ["CPlatform", "MotePlatform", "MoteMemory", "MoteModule"],
        swiftSettings: ring0
    ),
    .target(
        name: "MoteValidation",
        dependencies: ["CPlatform", "MotePlatform", "MoteMemory", "MoteModule", "MoteBinary"],
        swiftSettings: ring0
    ),
    .target(
        name: "MoteEngine",
        dependencies: [
            "CPlatform", "MotePlatform", "MoteMemory", "MoteModule", "MoteBinary", "MoteValidation",
        ],
        swiftSettings: ring0
    ),
    .target(
        name: "MoteWASI",
        dependencies: ["CPlatform", "MotePlatform", "MoteMemory"],
        swiftSettings: ring0
    ),
    .target(
        name: "MoteLibc",
        dependencies: ["CPlatform", "MotePlatform", "MoteMemory", "MoteModule", "MoteEngine"],
        swiftSettings: ring0
    ),
    .target(name: "CMoteAPI"),
    .target(
        name: "MoteC",
        dependencies: [
            "CMoteAPI", "CPlatform", "MotePlatform", "MoteMemory", "MoteModule", "MoteBinary",
            "MoteValidation", "MoteEngine", "MoteWASI", "MoteLibc",
        ],
        swiftSettings: ring0
    ),
    .target(
        name: "MoteRunner",
        dependencies: ["CMoteAPI", "CPlatform", "MotePlatform", "MoteModule", "MoteC"],
        swiftSettings: ring0
    ),
]

// scripts/build-embedded links the small one from the same sources.
let runnerTarget: Target = .executableTarget(
    name: "iwasm",
    dependencies: ["CMoteAPI", "MoteRunner"],
    linkerSettings: [
        .unsafeFlags(
            ["-static-stdlib", "-Xlinker", "--export-dynamic"],
            .when(platforms: [.linux])
        )
    ]
)

// Beside the engine; its tests need no other target of ring 1.
let textTarget: Target = .target(
    name: "MoteText",
    dependencies: ["CPlatform", "MoteMemory", "MoteModule", "MoteBinary"],
    swiftSettings: common
)

// Runs the specification's scripts on the engine's rooms themselves.
let scriptTarget: Target = .target(
    name: "MoteScript",
    dependencies: [
        "CPlatform", "MoteMemory", "MoteModule", "MoteBinary", "MoteValidation", "MoteEngine", "MoteText",
    ],
    swiftSettings: common
)

let ring1Targets: [Target] = [
    textTarget,
    scriptTarget,
    runnerTarget,
    .target(
        name: "Mote",
        dependencies: [
            "CPlatform", "MotePlatform", "MoteMemory", "MoteModule", "MoteBinary", "MoteValidation",
            "MoteEngine", "MoteWASI", "MoteLibc",
        ],
        swiftSettings: common
    ),
    .target(name: "MoteTuner", dependencies: ["Mote"], swiftSettings: common),
    .target(
        name: "MoteCommands",
        dependencies: [
            "Mote", "MoteTuner", "MoteMemory", "MoteModule", "MoteScript", "MoteText",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        swiftSettings: common
    ),
    // Without the dynamic loader's copies of the Swift libraries a run takes some megabytes less.
    .executableTarget(
        name: "MoteCLI",
        dependencies: ["MoteCommands"],
        swiftSettings: common,
        linkerSettings: [
            .unsafeFlags(
                ["-static-stdlib", "-l_FoundationCollections", "-l_FoundationCShims"],
                .when(platforms: [.linux])
            )
        ]
    ),
]

let testTargets: [Target] = [
    .testTarget(
        name: "MoteTests",
        dependencies: ["Mote", "MoteText", "MoteTestSupport"],
        swiftSettings: common
    ),
    .testTarget(name: "MoteTunerTests", dependencies: ["Mote", "MoteTuner"], swiftSettings: common),
    .testTarget(
        name: "CommandLineTests",
        dependencies: ["MoteCommands"],
        exclude: ["map-check.js"],
        swiftSettings: common
    ),
    .executableTarget(
        name: "EmbeddingExample",
        dependencies: ["Mote"],
        path: "Examples/Embedding",
        exclude: ["app.c", "app.wasm"],
        swiftSettings: common
    ),
    .target(
        name: "MoteTestSupport",
        dependencies: ["MoteModule"],
        path: "Tests/MoteTestSupport",
        swiftSettings: common
    ),
    .testTarget(
        name: "MoteBinaryTests",
        dependencies: ["MoteMemory", "MoteModule", "MoteBinary", "MoteTestSupport"],
        swiftSettings: common
    ),
    .testTarget(
        name: "MoteTextTests",
        dependencies: ["MoteText", "MoteMemory", "MoteModule", "MoteBinary", "MoteValidation"],
        swiftSettings: common
    ),
    .testTarget(
        name: "MoteValidationTests",
        dependencies: ["MoteMemory", "MoteModule", "MoteBinary", "MoteValidation"],
        swiftSettings: common
    ),
    .testTarget(
        name: "MoteWASITests",
        dependencies: ["CPlatform", "MoteMemory", "MoteWASI"],
        swiftSettings: common
    ),
    .testTarget(
        name: "MoteLibcTests",
        dependencies: ["CPlatform", "MoteMemory", "MoteEngine", "MoteLibc"],
        swiftSettings: common
    ),
    .testTarget(
        name: "MoteMemoryTests",
        dependencies: ["CPlatform", "MoteMemory", "MoteTestSupport"],
        swiftSettings: common
    ),
    .testTarget(
        name: "MoteEngineTests",
        dependencies: [
            "CPlatform", "MotePlatform", "MoteMemory", "MoteModule", "MoteBinary", "MoteValidation",
            "MoteEngine", "MoteText",
            "MoteTestSupport",
        ],
        swiftSettings: common
    ),
    .testTarget(
        name: "SpecTests",
        dependencies: ["MoteMemory", "MoteScript"],
        exclude: ["Scripts", "expected-failures.txt"],
        swiftSettings: common
    ),
    // scripts/fuzz-differential compares what it prints with another engine.
    .executableTarget(
        name: "DifferentialRunner",
        dependencies: ["CPlatform", "MoteMemory", "MoteModule", "MoteEngine"],
        path: "Tests/DifferentialRunner",
        swiftSettings: common
    ),
    // scripts/check-memory and scripts/check-footprint hold what it prints against thresholds.
    .executableTarget(
        name: "FootprintRunner",
        dependencies: ["CPlatform", "MoteMemory", "MoteModule", "MoteEngine", "MoteWASI"],
        path: "Tests/FootprintRunner",
        swiftSettings: common
    ),
    .testTarget(
        name: "BadInputTests",
        dependencies: ["CPlatform", "MoteMemory", "MoteModule", "MoteEngine", "MoteText", "MoteTestSupport"],
        swiftSettings: common
    ),
    .testTarget(
        name: "SweepTests",
        dependencies: [
            "CMoteAPI", "CPlatform", "MoteMemory", "MoteModule", "MoteBinary", "MoteValidation", "MoteEngine",
            "MoteText", "MoteWASI", "MoteC", "MoteTestSupport",
        ],
        swiftSettings: common
    ),
]

func isWanted(_ target: Target) -> Bool {
    wantedTests?.contains(target.name) != false || target.name == "MoteTestSupport"
}

let package = Package(
    name: "mote",
    products: [
        .library(name: "MoteStatic", type: .static, targets: ["MoteC"]),
        // For C targets of other packages: with the headers.
        .library(name: "MoteC", targets: ["CMoteAPI", "MoteC"]),
        .library(name: "MoteRunnerStatic", type: .static, targets: ["MoteRunner"]),
    ]
        + (embedded || wantedTests != nil
            ? []
            : [
                .library(name: "Mote", targets: ["Mote"]),
                .executable(name: "mote", targets: ["MoteCLI"]),
                .executable(name: "iwasm", targets: ["iwasm"]),
            ]),
    dependencies: embedded || wantedTests != nil
        ? [] : [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")],
    targets: ring0Targets
        + (embedded
            ? []
            : wantedTests == nil
                ? ring1Targets + testTargets : [textTarget, scriptTarget] + testTargets.filter(isWanted))
)
