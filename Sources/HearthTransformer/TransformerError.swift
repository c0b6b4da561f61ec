public import HearthFiles

/// Why a folder cannot be used as a transformer, with the file and what is wrong there.
public struct TransformerError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        case noFolder
        case unreadable(FileError)
        /// Longer than any file of its kind is.
        case tooLong(limit: Int)
        /// No JSON object, or one with a member of another type.
        case malformed(String)
        /// A member that has to be there.
        case missing(String)
        /// Something that this implementation does not do, with what it does.
        case unsupported(String)
        /// At a byte of the file.
        case broken(String, byte: Int)
        case noTensor(String)
        case tensor(String, fault: TensorFault, byte: Int)
        /// A line of the vocabulary, from 1.
        case vocabulary(String, line: Int)
        case noToken(String)
        /// The files are not those of which the fingerprint was taken.
        case changed
    }

    /// What is wrong with a tensor of a file.
    public enum TensorFault: Hashable, Sendable {
        case shape([Int], wanted: [Int])
        case type(String)
        /// Its bytes are more or fewer than its shape takes.
        case size(Int, wanted: Int)
        case bounds(end: Int, available: Int)
        /// It starts before or after where the one before it ends.
        case place(expected: Int)
        case notFinite
    }

    public let path: String
    public let reason: Reason

    public init(_ path: String, _ reason: Reason) {
        self.path = path
        self.reason = reason
    }

    public var description: String {
        switch reason {
        case .noFolder: "there is no folder \(path)"
        case .unreadable(let error): error.description
        case .tooLong(let limit): "\(path) has more than \(limit) bytes"
        case .malformed(let detail): "\(path) is malformed: \(detail)"
        case .missing(let name): "\(path) lacks \(name)"
        case .unsupported(let detail): "\(path): \(detail)"
        case .broken(let detail, let byte): "\(path), byte \(byte): \(detail)"
        case .noTensor(let name): "\(path) has no tensor \(name)"
        case .tensor(let name, let fault, let byte): "\(path), byte \(byte): tensor \(name) \(fault)"
        case .vocabulary(let detail, let line): "\(path), line \(line): \(detail)"
        case .noToken(let token): "\(path) has no token \(token)"
        case .changed: "\(path) has changed while it was in use: run again"
        }
    }
}

extension TransformerError.TensorFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .shape(let shape, let wanted): "has the shape \(shape), config.json wants \(wanted)"
        case .type(let name): "has the type \(name), not F32, F16 or BF16"
        case .size(let size, let wanted): "has \(size) bytes, its shape takes \(wanted)"
        case .bounds(let end, let available): "ends at byte \(end) of the data, which has \(available)"
        case .place(let expected): "leaves a gap or an overlap: the one before ends at byte \(expected) of the data"
        case .notFinite: "has a value that is no finite number"
        }
    }
}
