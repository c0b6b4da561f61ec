internal import HearthProfile

extension Profile {
    /// Without rows, described as a stored window is; times and attributes are the caller's.
    init(_ description: ProfileDescription, _ tables: StoreTables, _ header: ProcessRecord) {
        self.init(
            sampleTypes: header.sampleTypes, defaultSampleType: description.defaultSampleType,
            periodType: ValueType(
                type: tables.strings.text(description.periodType), unit: tables.strings.text(description.periodUnit)),
            period: description.period, blockDuration: description.blockDuration)
    }
}

/// Attributes of many windows in one profile.
enum StoredAttribute {
    /// Values above which only the ends of the range are named: each window of a day has a coverage of its own.
    static let valueLimit = 16

    /// As `Profile.merge` joins them, as long as there are few.
    static func joined(_ values: Set<String>) -> String {
        let sorted = values.sorted()
        guard sorted.count > valueLimit else { return sorted.joined(separator: " | ") }
        let numbers = sorted.compactMap { text in Double(text).map { (number: $0, text: text) } }
        guard numbers.count == sorted.count, let low = numbers.min(by: { $0.number < $1.number }),
            let high = numbers.max(by: { $0.number < $1.number })
        else { return "\(sorted[0]) … \(sorted[sorted.count - 1]) (\(sorted.count) values)" }
        return "\(low.text) … \(high.text)"
    }
}
