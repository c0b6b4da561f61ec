package import HearthJSON

/// Where a value stands in a document: `maintainer.name`, `tags[]`, `depends[].name`.
public struct FieldPath: Hashable, Sendable, CustomStringConvertible {
    enum Segment: Hashable, Sendable {
        case member(String)
        case each
    }

    /// Empty where ``general`` is not nil.
    let segments: [Segment]
    /// A query that is more than members and arrays.
    let general: JSONPath?
    public let description: String
    /// The same as a JSONPath query: `$.depends[*].name`.
    public let jsonPath: String

    /// Members are separated by a full stop; `[]` goes through an array.
    ///
    /// - Throws: ``FieldPathError`` for an empty member name or a bracket out of place, and above 32 steps.
    public init(_ text: String) throws(FieldPathError) {
        var segments: [Segment] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            var name = part
            var arrays = 0
            while name.hasSuffix("[]") {
                name = name.dropLast(2)
                arrays += 1
            }
            guard !name.isEmpty, !name.contains(where: { $0 == "[" || $0 == "]" }) else {
                throw FieldPathError(path: text, byte: text.utf8.distance(from: text.startIndex, to: part.startIndex))
            }
            segments.append(.member(String(name)))
            segments.append(contentsOf: repeatElement(.each, count: arrays))
        }
        guard segments.count <= 32 else { throw FieldPathError(path: text, byte: 0) }
        self.init(segments)
    }

    /// A query of any kind. One of names and `[*]` alone is the same path as by ``init(_:)``.
    package init(query: JSONPath) {
        if let segments = Self.plainSegments(query) {
            self.init(segments)
        } else {
            self.init(general: query)
        }
    }

    private init(general query: JSONPath) {
        segments = []
        general = query
        description = query.description
        jsonPath = query.description
    }

    private static func plainSegments(_ query: JSONPath) -> [Segment]? {
        guard let steps = query.plainSteps, steps.count <= 32, case .member? = steps.first else { return nil }
        var segments: [Segment] = []
        for step in steps {
            switch step {
            case .each: segments.append(.each)
            case .member(let name):
                // What could not be written as a path of ours is left to the queries.
                guard !name.isEmpty, !name.contains(where: { ".[]$".contains($0) }) else { return nil }
                segments.append(.member(name))
            }
        }
        return segments
    }

    private init(_ segments: [Segment]) {
        self.segments = segments
        general = nil
        var text = ""
        for segment in segments {
            switch segment {
            case .member(let name): text += text.isEmpty ? name : ".\(name)"
            case .each: text += "[]"
            }
        }
        description = text
        jsonPath = Self.jsonPath(segments)
    }

    private static func jsonPath(_ segments: [Segment]) -> String {
        let text = segments.reduce("$") { text, segment in
            switch segment {
            case .member(let name): text + JSONPath.Location([.member(name)]).description.dropFirst()
            case .each: text + "[*]"
            }
        }
        // Without the brackets and quotes that it can do without.
        do { return try JSONPath(text).description } catch { preconditionFailure("\(error)") }
    }

    /// The paths on the way to this one, from the outermost, each with the step that follows it.
    var enclosing: [(path: FieldPath, next: Segment)] {
        segments.indices.dropFirst().map { (FieldPath(Array(segments[..<$0])), segments[$0]) }
    }

    /// Whether one document can have several values there.
    var isRepeated: Bool { segments.contains(.each) }
}

/// A path that cannot be read.
public struct FieldPathError: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: String
    /// Where the part starts that is wrong.
    public let byte: Int

    public var description: String {
        "'\(path)' is no field path at byte \(byte): write it as in maintainer.name or depends[].name"
    }
}
