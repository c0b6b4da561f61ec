internal import HearthProfile

extension Profile {
    /// `column` where it is one, else the default column where that is one, else the first.
    func validColumn(_ column: Int?) -> Int {
        if let column, sampleTypes.indices.contains(column) { return column }
        return sampleTypes.indices.contains(defaultSampleType) ? defaultSampleType : 0
    }

    /// How much was measured, and how: `12.4 s · 1,240 samples · over 30 s`.
    func summary(column: Int) -> String {
        let type = sampleTypes[column]
        var parts = [Quantity(unit: type.unit).text(total(column: column))]
        if let count = sampleTypes.firstIndex(of: .samples), count != column {
            parts.append(Quantity(unit: "count").text(total(column: count)))
        }
        if duration > 0 { parts.append("over " + Quantity(unit: "nanoseconds").text(duration)) }
        if let service = attributes["service"], !service.isEmpty { parts.append(service) }
        return parts.joined(separator: " · ")
    }
}

/// What a graph of this column is called.
func defaultTitle(of type: ValueType) -> String {
    switch (type.type, type.unit) {
    case ("cpu", _): "CPU time"
    case ("wall", _): "Wall-clock time"
    case ("samples", _): "Samples"
    case (_, "count"), (_, ""): type.type
    default: "\(type.type) (\(type.unit))"
    }
}
