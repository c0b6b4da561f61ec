internal import HearthJSON
internal import HearthRuntime

/// What is wanted of every document, as places that a document is looked at: those of the fields, and those on the way to them.
struct DocumentFields: Sendable {
    /// A path to a field, or one on the way to it.
    struct Place: Sendable {
        let path: FieldPath
        /// What may stand there.
        fileprivate(set) var types: JSONTypes = []
        /// Whose path it is.
        fileprivate(set) var fields: [Int] = []
    }

    let fields: [DocumentField]
    /// Each path once; what leads to a place comes before it.
    let places: [Place]

    init(_ fields: [DocumentField]) {
        self.fields = fields
        var places: [Place] = []
        var numbers: [FieldPath: Int] = [:]
        func place(_ path: FieldPath) -> Int {
            if let number = numbers[path] { return number }
            numbers[path] = places.count
            places.append(Place(path: path))
            return places.count - 1
        }
        for (number, field) in fields.enumerated() {
            for (path, next) in field.path.enclosing {
                places[place(path)].types.formUnion(next == .each ? .array : .object)
            }
            let end = place(field.path)
            places[end].types.formUnion(field.types)
            places[end].fields.append(number)
        }
        self.places = places
    }
}

/// One document on its way into the columns.
struct DocumentReading {
    private let wanted: DocumentFields
    private let builders: [FieldBuilder]
    /// The first place, in the order of the places, with a value of another type. Not that in the order of the document, which
    /// not every way to read one keeps.
    private var wrong: (place: Int, type: JSONTypes)?

    /// - Parameter builders: one a field; they have taken nothing of the document yet.
    init(_ wanted: DocumentFields, into builders: [FieldBuilder]) {
        self.wanted = wanted
        self.builders = builders
    }

    mutating func take(_ value: JSONScanner.Value, at place: Int) {
        guard let type = JSONTypes(of: value) else { return }
        guard wanted.places[place].types.contains(type) else {
            if wrong.map({ place < $0.place }) ?? true { wrong = (place, type) }
            return
        }
        for field in wanted.places[place].fields { builders[field].take(value) }
    }

    /// Why the document is to be set aside, once all of it has been taken.
    func error(_ item: Int) -> ItemError? {
        if let wrong {
            let place = wanted.places[wrong.place]
            return ItemError(
                item: item, reason: "the field '\(place.path)' is \(wrong.type), not \(place.types)", byte: 0)
        }
        for (field, builder) in zip(wanted.fields, builders) where field.isRequired && builder.isEmpty {
            return ItemError(item: item, reason: "lacks the required field '\(field.path)'", byte: 0)
        }
        return nil
    }
}
