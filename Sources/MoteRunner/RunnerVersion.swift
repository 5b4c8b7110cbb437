/// What `iwasm --version` says.
enum RunnerVersion {
    static var text: StaticString { "0.1.0" }
}
