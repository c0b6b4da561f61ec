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
