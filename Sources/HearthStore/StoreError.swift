public import HearthFiles

/// Why a store could not be written or read as a whole. What is wrong with a single segment is a ``SegmentFault``.
public enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    case file(FileError)
    /// The writer belongs to a process of which this one is a fork.
    case forked
    /// One window that takes more than a reader would accept.
    case windowTooLarge(bytes: Int, limit: Int)
    case tooManySampleTypes(Int, limit: Int)
    /// Of the result of a query.
    case tooManyRows(limit: Int)

    public var description: String {
        switch self {
        case .file(let error): error.description
        case .forked: "the store was opened by the process that this one is a fork of"
        case .windowTooLarge(let bytes, let limit): "a window takes \(bytes) bytes, more than \(limit)"
        case .tooManySampleTypes(let count, let limit): "a window of \(count) sample types, more than \(limit)"
        case .tooManyRows(let limit): "the result has more than \(limit) rows; ask for less, or keep fewer labels"
        }
    }
}

/// What could not be read of a store: the segment, the byte, and why.
public struct SegmentFault: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        case file(FileError)
        case notASegment
        case unsupportedVersion(UInt8)
        case tooLarge(limit: Int)
        /// No whole record stands there, or its checksum is wrong.
        case damaged
        /// The checksum is right and the content is not.
        case malformed(String)
    }

    /// The path of the segment.
    public var path: String
    /// Where the record begins that is wrong.
    public var byte: Int
    public var reason: Reason

    /// One line without a final stop.
    public var description: String { "\(path): \(text)" }

    private var text: String {
        switch reason {
        case .file(let error): error.reason
        case .notASegment: "no segment of a store"
        case .unsupportedVersion(let version): "version \(version) of the format, which this version does not read"
        case .tooLarge(let limit): "larger than \(limit) bytes, as no segment is"
        case .damaged: "damaged at byte \(byte)"
        case .malformed(let what): "malformed at byte \(byte): \(what)"
        }
    }
}

/// What a query could not read and went on without.
public struct StoreNotes: Hashable, Sendable {
    /// The first hundred of them.
    public private(set) var faults: [SegmentFault] = []
    public private(set) var faultCount = 0

    static let faultLimit = 100

    mutating func add(_ fault: SegmentFault) {
        faultCount += 1
        if faults.count < Self.faultLimit { faults.append(fault) }
    }

    /// One line each; empty when all was read.
    public var warnings: [String] {
        faults.map { "part of the store is left out: \($0)" }
            + (faultCount > faults.count ? ["\(faultCount - faults.count) more parts of the store are left out"] : [])
    }
}
