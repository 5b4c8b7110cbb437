/// A name of a script or a module: bytes, because strings that look alike are equal to Swift.
package typealias ScriptName = [UInt8]

/// One command of a script.
package struct ScriptCommand: Sendable {
    /// Of its opening parenthesis, from 1.
    package var line: Int
    package var kind: Kind

    package enum Kind: Sendable {
        /// Instantiate, and make it the current instance.
        case module(ScriptModule)
        /// Only load.
        case definition(ScriptModule)
        /// Instantiate a definition (nil: the last one).
        case instance(name: ScriptName?, definition: ScriptName?)
        /// Let later modules import from an instance (nil: the current one).
        case register(as: ScriptName, instance: ScriptName?)
        case action(ScriptAction)
        case assertReturn(ScriptAction, [ResultPattern])
        case assertTrap(ScriptAction, message: String)
        /// Instantiating the module traps.
        case assertModuleTrap(ScriptModule, message: String)
        case assertExhaustion(ScriptAction, message: String)
        case assertException(ScriptAction)
        case assertMalformed(ScriptModule, message: String)
        case assertInvalid(ScriptModule, message: String)
        case assertUnlinkable(ScriptModule, message: String)
        case assertMalformedCustom(ScriptModule, message: String)
        case assertInvalidCustom(ScriptModule, message: String)
    }
}

/// A call of an export, or a look at a global.
package struct ScriptAction: Sendable {
    package var isInvocation: Bool
    /// The instance; nil: the current one.
    package var instance: ScriptName?
    package var field: ScriptName
    package var arguments: [ScriptValue]
}

/// A module as a script gives it.
package struct ScriptModule: Sendable {
    package var name: ScriptName?
    /// The binary, or why the text is none.
    package var content: Result<[UInt8], ScriptError>
    /// What the assembler has to say about the text's annotations, where it has read them.
    package var isText: Bool
}

/// Why a script or a text in it cannot be read.
package struct ScriptError: Error, Sendable {
    package var message: String
    /// In bytes from the start of the script, or of the quoted text.
    package var byteOffset: Int
}

extension ScriptCommand.Kind {
    /// The command's keyword as `--list-commands` and failures print it.
    package var keyword: String {
        switch self {
        case .module: "module"
        case .definition: "module_definition"
        case .instance: "module_instance"
        case .register: "register"
        case .action(let action): action.isInvocation ? "invoke" : "get"
        case .assertReturn: "assert_return"
        case .assertTrap, .assertModuleTrap: "assert_trap"
        case .assertExhaustion: "assert_exhaustion"
        case .assertException: "assert_exception"
        case .assertMalformed: "assert_malformed"
        case .assertInvalid: "assert_invalid"
        case .assertUnlinkable: "assert_unlinkable"
        case .assertMalformedCustom: "assert_malformed_custom"
        case .assertInvalidCustom: "assert_invalid_custom"
        }
    }
}
