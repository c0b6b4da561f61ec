/// Items of one column type that are kept end to end, and grow. For one task at a time.
protocol ItemArena: AnyObject, Sendable {
    var count: Int { get }
    /// Copies of items of a column of the same type.
    func append(_ items: [Int], of column: Column)
    func isSame(_ place: Int, as item: Int, of column: Column) -> Bool
    /// Copies of what is kept at these places.
    func column(_ places: [Int]) -> Column
}

extension Column {
    /// An arena of this column's type without items.
    func arena() -> any ItemArena {
        if case .record(let record) = content { return RecordArena(record.columns.mapValues { $0.arena() }) }
        return arena(content.items)
    }

    private func arena<Storage: ItemStorage>(_ like: Storage) -> any ItemArena {
        StorageArena(like.emptied, emptied)
    }

}

/// An arena a column of the record: a record itself is put together from whole columns.
private final class RecordArena: ItemArena, @unchecked Sendable {
    private let columns: [String: any ItemArena]
    private(set) var count = 0

    init(_ columns: [String: any ItemArena]) { self.columns = columns }

    private func record(_ column: Column) -> RecordColumn {
        guard case .record(let record) = column.content else { preconditionFailure("a column that is no record") }
        return record
    }

    func append(_ items: [Int], of column: Column) {
        let record = record(column)
        for (name, arena) in columns {
            guard let column = record[name] else { preconditionFailure("records of one node have the same columns") }
            arena.append(items, of: column)
        }
        count += items.count
    }

    func isSame(_ place: Int, as item: Int, of column: Column) -> Bool {
        let record = record(column)
        return record.columns.count == columns.count
            && columns.allSatisfy { name, arena in
                record[name].map { arena.isSame(place, as: item, of: $0) } ?? false
            }
    }

    func column(_ places: [Int]) -> Column {
        .record(RecordColumn(count: places.count, columns: columns.mapValues { $0.column(places) }))
    }
}

private final class StorageArena<Storage: ItemStorage>: ItemArena, @unchecked Sendable {
    private var storage: Storage
    private let prototype: Column

    init(_ storage: Storage, _ prototype: Column) {
        self.storage = storage
        self.prototype = prototype
    }

    var count: Int { storage.count }

    private func items(of column: Column) -> Storage {
        guard let items = column.content.items as? Storage else {
            preconditionFailure("a column of another type than what is kept")
        }
        return items
    }

    func append(_ items: [Int], of column: Column) {
        let source = self.items(of: column)
        for item in items { storage.append(item, of: source) }
    }

    func isSame(_ place: Int, as item: Int, of column: Column) -> Bool {
        storage.hasSame(place, as: item, of: items(of: column))
    }

    func column(_ places: [Int]) -> Column {
        var result = storage.emptied
        for place in places { result.append(place, of: storage) }
        return prototype.replacing(result)
    }
}
