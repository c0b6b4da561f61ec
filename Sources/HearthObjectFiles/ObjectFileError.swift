/// Why bytes are not an object file that can be read here, and at which byte that was seen.
public struct ObjectFileError: Error, Hashable, CustomStringConvertible, Sendable {
    public enum Reason: String, Sendable {
        case notELF = "not an ELF file"
        case not64Bit = "not a 64-bit ELF file"
        case notLittleEndian = "not a little-endian ELF file"
        case truncatedHeader = "the ELF header is cut off"
        case segmentsOutside = "the program headers lie outside the file"
        case sectionsOutside = "the section headers lie outside the file"
    }

    public var reason: Reason
    /// Offset of the byte or field that shows it.
    public var byte: Int

    public init(_ reason: Reason, byte: Int) {
        self.reason = reason
        self.byte = byte
    }

    /// One line, such as `not an ELF file (byte 0)`.
    public var description: String { "\(reason.rawValue) (byte \(byte))" }
}
