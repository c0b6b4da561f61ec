/// Why debug information could not be read.
public struct DebugInfoError: Error, Hashable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        /// libdw's own words.
        case unreadable(String)
        /// A compressed section says that it unpacks to more bytes than are taken.
        case tooLarge(section: String, bytes: UInt64)
        /// Entries that nest deeper, or share more address ranges, than any compiler writes.
        case endless
    }

    public var reason: Reason
    /// Offset in `.debug_info`, or in the file for `tooLarge`; nil where it is the whole file.
    public var byte: UInt64?

    init(_ reason: Reason, byte: UInt64? = nil) {
        self.reason = reason
        self.byte = byte
    }

    public var description: String {
        let place = byte.map { " at byte \($0)" } ?? ""
        return switch reason {
        case .unreadable(let text): "the debug information cannot be read\(place): \(text)"
        case .tooLarge(let section, let bytes): "section \(section)\(place) unpacks to \(bytes) bytes, too many"
        case .endless: "the debug information\(place) nests without end"
        }
    }
}
