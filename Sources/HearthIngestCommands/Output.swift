internal import HearthFiles
internal import HearthTerminal

/// Standard output, where it is a failure that a text does not get there.
enum Output {
    static func write(_ text: String) throws(CommandFailure) {
        do throws(FileError) {
            try AtomicFile.write(text.utf8, to: "-")
        } catch {
            // A closed output is refused before the first byte, and is the same to the user.
            throw CommandFailure("cannot write standard output: \(error.reason)")
        }
    }
}
