internal import HearthJSON
internal import HearthRuntime

/// The columns of the wanted fields under construction, a document at a time.
struct FieldColumns {
    /// What a place is to the columns, side by side for all places: values come by the million.
    private struct Place {
        var types: JSONTypes
        var fields: Range<Int>
    }

    private let wanted: DocumentFields
    private let places: [Place]
    /// Of all places, end to end.
    private let fields: [Int]
    private let required: [Int]
    private var builders: [FieldBuilder]
    private let kept = KeptTexts()
    /// The first place, in the order of the places, with a value of another type. Not that in the order of the document, which
    /// not every way to read one keeps.
    private var wrong: (place: Int, type: JSONTypes)?

    init(_ wanted: DocumentFields) {
        self.wanted = wanted
        var places: [Place] = []
        var fields: [Int] = []
        for place in wanted.places {
            places.append(Place(types: place.types, fields: fields.count..<fields.count + place.fields.count))
            fields += place.fields
        }
        self.places = places
        self.fields = fields
        required = wanted.fields.indices.filter { wanted.fields[$0].isRequired }
        builders = wanted.fields.map { FieldBuilder($0.kind) }
    }

    /// What stands at a place of the present document.
    mutating func take(_ value: JSONScanner.Value, at number: Int) {
        guard let type = JSONTypes(of: value) else { return }
        let place = places[number]
        guard place.types.contains(type) else {
            if wrong.map({ number < $0.place }) ?? true { wrong = (number, type) }
            return
        }
        for index in place.fields { builders[fields[index]].take(value, kept) }
    }

    mutating func take(_ value: JSONValue, at number: Int) { take(JSONScanner.Value(value, kept), at: number) }

    /// Ends the present document.
    ///
    /// - Returns: why it is to be set aside; then its fields are null.
    mutating func finish(_ item: Int) -> ItemError? {
        let error = error(item)
        if error != nil { return finishWithout(error) }
        for index in builders.indices { builders[index].finish() }
        return nil
    }

    /// Ends the present document, of which nothing is kept.
    @discardableResult
    mutating func finishWithout(_ error: ItemError? = nil) -> ItemError? {
        wrong = nil
        for index in builders.indices {
            builders[index].forget()
            builders[index].finish()
        }
        return error
    }

    private func error(_ item: Int) -> ItemError? {
        if let wrong {
            let place = wanted.places[wrong.place]
            return ItemError(
                item: item, reason: "the field '\(place.path)' is \(wrong.type), not \(place.types)", byte: 0)
        }
        for field in required where builders[field].isEmpty {
            return ItemError(item: item, reason: "lacks the required field '\(wanted.fields[field].path)'", byte: 0)
        }
        return nil
    }

    /// One a field, by its path. The texts that were taken must still lie where they did.
    var columns: [String: Column] {
        // Texts that lay nowhere else lie with `kept`.
        withExtendedLifetime(kept) {
            var columns: [String: Column] = [:]
            for (field, builder) in zip(wanted.fields, builders) { columns[field.path.description] = builder.column }
            return columns
        }
    }
}

extension JSONScanner.Value {
    init(_ value: JSONValue, _ kept: KeptTexts) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .number(value)
        case .string(let value): self = .string(kept.keep(value))
        case .array: self = .array
        case .object: self = .object
        }
    }
}
