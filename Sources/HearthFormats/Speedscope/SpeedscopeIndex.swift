internal import HearthProfile

/// What a speedscope file holds and where, found in one pass: its members come in any order, and frames are to be known before
/// stacks.
struct SpeedscopeIndex {
    /// One of the file's profiles, its lists left where they are.
    struct Part {
        /// `sampled`: stacks with weights. `evented`: frames entered and left at a time.
        var type = ""
        var name = ""
        var unit = ""
        var start = JSONNumber.whole(0)
        /// Hearth's own member; see `SpeedscopeConventions.ownMember`.
        var ownType: ValueType?
        var ownLabel: (key: String, value: String)?
        var byte: Int
        var samples: JSONCursor?
        var weights: JSONCursor?
        var events: JSONCursor?
    }

    private(set) var parts: [Part] = []
    /// Where `shared` begins, and its frames in it.
    private(set) var shared: Int?
    private(set) var frames: JSONCursor?
    private(set) var activePart: Int?

    /// O(bytes).
    init(_ bytes: [UInt8]) throws(ProfileReadError.Reason) {
        var cursor = JSONCursor(bytes)
        try cursor.openObject()
        while let name = try cursor.nextMember() {
            switch name {
            case "shared": try readShared(&cursor)
            case "profiles": try readProfiles(&cursor)
            case "activeProfileIndex":
                if !cursor.takeNull() { activePart = Int(exactly: try cursor.number().double) }
            default: try cursor.skip()
            }
        }
        try cursor.end()
    }

    private mutating func readShared(_ cursor: inout JSONCursor) throws(ProfileReadError.Reason) {
        shared = cursor.offset
        try cursor.openObject()
        while let name = try cursor.nextMember() {
            if name == "frames" { frames = cursor }
            try cursor.skip()
        }
    }

    private mutating func readProfiles(_ cursor: inout JSONCursor) throws(ProfileReadError.Reason) {
        try cursor.openArray()
        while try cursor.nextElement() { parts.append(try Self.part(&cursor)) }
    }

    private static func part(_ cursor: inout JSONCursor) throws(ProfileReadError.Reason) -> Part {
        var part = Part(byte: cursor.offset)
        try cursor.openObject()
        while let name = try cursor.nextMember() {
            switch name {
            case "type": part.type = try cursor.string()
            case "name": part.name = try cursor.string()
            case "unit": part.unit = try cursor.string()
            case "startValue": part.start = try cursor.number()
            case SpeedscopeConventions.ownMember: try readOwnMember(&cursor, &part)
            case "samples", "weights", "events":
                let list = cursor
                try cursor.skip()
                switch name {
                case "samples": part.samples = list
                case "weights": part.weights = list
                default: part.events = list
                }
            default: try cursor.skip()
            }
        }
        return part
    }

    private static func readOwnMember(_ cursor: inout JSONCursor, _ part: inout Part) throws(ProfileReadError.Reason) {
        var members: [String: String] = [:]
        try cursor.openObject()
        while let name = try cursor.nextMember() { members[name] = try cursor.string() }
        if let type = members["type"], let unit = members["unit"] { part.ownType = ValueType(type: type, unit: unit) }
        if let key = members["label"], let value = members["value"] { part.ownLabel = (key, value) }
    }
}
