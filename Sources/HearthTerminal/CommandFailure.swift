/// What a command could not do: one line for the person at the terminal, and the exit code.
public struct CommandFailure: Error, Hashable, CustomStringConvertible, Sendable {
    /// What was wrong and where: one line, no final stop.
    public var message: String
    /// 1 failure, 2 usage; see the table of exit codes in the manual.
    public var exitCode: Int32
    /// What to do about it.
    public var hint: String?

    public init(_ message: String, exitCode: Int32 = 1, hint: String? = nil) {
        self.message = message
        self.exitCode = exitCode
        self.hint = hint
    }

    /// The message, and the hint after a semicolon: one line whatever the parts hold.
    public var description: String {
        guard let hint else { return TerminalStyle.visible(message) }
        let separator = message.last.map { ".?!".contains($0) } == true ? " " : "; "
        return TerminalStyle.visible(message + separator + hint)
    }
}
