// swift-tools-version: 6.2
import PackageDescription

// A package of C alone that hosts guests; scripts/check-install builds it outside of the repository, whose path it gets.
let package = Package(
    name: "host",
    dependencies: [.package(name: "mote", path: Context.environment["MOTE_PATH"] ?? "../..")],
    targets: [
        .executableTarget(name: "Host", dependencies: [.product(name: "MoteC", package: "mote")])
    ]
)
