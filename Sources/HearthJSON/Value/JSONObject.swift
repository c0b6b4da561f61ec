/// The members of a JSON object, in their order.
///
/// Where a name is given twice, the last value counts, at the place of the first; so do most readers of JSON. Names are told apart
/// by their Unicode scalars.
public struct JSONObject: Sendable {
    public private(set) var names: [String] = []
    public private(set) var values: [JSONValue] = []
    /// Where a name stands, once there are many.
    private var places: [ExactName: Int]?

    /// From so many members on, names are looked up in a table.
    private static let few = 16

    public init() {}

    /// O(members).
    public init(_ members: some Sequence<(name: String, value: JSONValue)>) {
        for member in members { self[member.name] = member.value }
    }

    /// As parsed: both of one length.
    init(names: [String], values: [JSONValue]) {
        if names.count <= Self.few, Self.areDistinct(names) {
            self.names = names
            self.values = values
            return
        }
        self.names.reserveCapacity(names.count)
        self.values.reserveCapacity(names.count)
        for (name, value) in zip(names, values) { self[name] = value }
    }

    private static func areDistinct(_ names: [String]) -> Bool {
        for (place, name) in names.enumerated() {
            for other in 0..<place where areSame(names[other], name) { return false }
        }
        return true
    }

    /// The value of a member, nil where there is none of that name. Setting nil takes the member out.
    ///
    /// Reading and setting are O(1), with few members O(members); taking out is O(members).
    public subscript(_ name: String) -> JSONValue? {
        get { place(of: name).map { values[$0] } }
        set {
            if let place = place(of: name) {
                if let newValue {
                    values[place] = newValue
                } else {
                    names.remove(at: place)
                    values.remove(at: place)
                    places = nil
                    if names.count > Self.few { index() }
                }
            } else if let newValue {
                names.append(name)
                values.append(newValue)
                if places != nil {
                    places?[ExactName(name)] = names.count - 1
                } else if names.count > Self.few {
                    index()
                }
            }
        }
    }

    private func place(of name: String) -> Int? {
        if let places { return places[ExactName(name)] }
        return names.firstIndex { areSame($0, name) }
    }

    private mutating func index() {
        places = Dictionary(uniqueKeysWithValues: zip(names.lazy.map(ExactName.init), names.indices))
    }
}

extension JSONObject: RandomAccessCollection {
    public typealias Element = (name: String, value: JSONValue)

    public var startIndex: Int { 0 }
    public var endIndex: Int { names.count }
    public subscript(_ place: Int) -> Element { (names[place], values[place]) }
}

extension JSONObject: Equatable {
    /// Whether both have the same members, in whatever order. O(size).
    public static func == (first: JSONObject, second: JSONObject) -> Bool {
        first.count == second.count
            && first.allSatisfy { member in second[member.name].map { $0 == member.value } ?? false }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        for (name, value) in members { self[name] = value }
    }
}

/// A name by its Unicode scalars.
private struct ExactName: Hashable {
    let name: String

    init(_ name: String) { self.name = name }

    static func == (first: ExactName, second: ExactName) -> Bool { areSame(first.name, second.name) }

    func hash(into hasher: inout Hasher) {
        for byte in name.utf8 { hasher.combine(byte) }
    }
}
