internal import HearthGraph

/// Items of columns: parts, choices, joins, and which of them are equal.
extension Column {
    /// Some of the items, sharing the memory. O(1), and O(items) where there are nulls.
    public func slice(_ range: Range<Int>) -> Column {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range beyond the column")
        return range.count == count ? self : replacing(content.items.slice(range))
    }

    /// The items at these places, in this order; a place may come several times. O(result).
    public func gathered(_ items: some Sequence<Int>) -> Column { gathered(content.items, items) }

    private func gathered<Storage: ItemStorage>(_ storage: Storage, _ items: some Sequence<Int>) -> Column {
        if case .record(let record) = content {
            let places = Array(items)
            return .record(RecordColumn(count: places.count, columns: record.columns.mapValues { $0.gathered(places) }))
        }
        var result = storage.emptied
        for item in items { result.append(item, of: storage) }
        return replacing(result)
    }

    /// The same items, null also where `validity` says so.
    package func nulled(where validity: Validity) -> Column {
        if validity.nullCount == 0 { return self }
        return replacing(content.items.withValidity(content.validity?.intersection(validity) ?? validity))
    }

    func followedByNull() -> Column {
        var items = content.items
        items.appendNull()
        return replacing(items)
    }

    /// An item of one of several columns, or none.
    struct Pick {
        /// Place among the columns; below zero for an item without a value.
        var column: Int
        var item: Int

        static let null = Pick(column: -1, item: 0)
    }

    /// Items of several columns of one type, in this order. O(result).
    static func picked(_ picks: [Pick], of columns: [Column], type: ColumnType) -> Column {
        let first = columns.first ?? type.emptyColumn
        if columns.count == 1, picks.count == first.count,
            picks.enumerated().allSatisfy({ $1.column == 0 && $1.item == $0 })
        {
            return first
        }
        if case .record = first.content {
            return .record(RecordColumn(count: picks.count, joining: columns) { picked(picks, of: $0, type: $1) })
        }
        return first.picked(first.content.items, picks, of: columns)
    }

    private func picked<Storage: ItemStorage>(_ like: Storage, _ picks: [Pick], of columns: [Column]) -> Column {
        let storages = columns.map { column in
            guard let storage = column.content.items as? Storage else {
                preconditionFailure("columns of several types cannot be put together")
            }
            return storage
        }
        var result = like.emptied
        for pick in picks {
            if pick.column < 0 { result.appendNull() } else { result.append(pick.item, of: storages[pick.column]) }
        }
        return replacing(result)
    }

    /// Columns of one type end to end. O(result); a single one is given back as it is.
    ///
    /// - Precondition: there is one, and all are of one type.
    public static func concatenation(_ columns: some Collection<Column>) -> Column {
        guard let first = columns.first else { preconditionFailure("nothing to put end to end") }
        guard columns.count > 1 else { return first }
        if case .record = first.content {
            let count = columns.reduce(0) { $0 + $1.count }
            return .record(RecordColumn(count: count, joining: Array(columns)) { columns, _ in concatenation(columns) })
        }
        return first.followed(first.content.items, by: columns.dropFirst())
    }

    private func followed<Storage: ItemStorage>(_ storage: Storage, by others: some Sequence<Column>) -> Column {
        var result = storage.emptied
        result.append(contentsOf: storage)
        for other in others {
            guard let items = other.content.items as? Storage, other.type == type else {
                preconditionFailure("columns of several types cannot be put end to end")
            }
            result.append(contentsOf: items)
        }
        return replacing(result)
    }

    var emptied: Column { replacing(content.items.emptied) }

    public func isNull(_ item: Int) -> Bool { content.items.isNull(item) }

    /// A column of the same kind with other items.
    func replacing(_ items: any ItemStorage) -> Column {
        switch (content, items) {
        case (.text, let column as BytesColumn): .text(column)
        case (_, let column as BytesColumn): .bytes(column)
        case (_, let column as ListColumn): .texts(column)
        case (_, let column as BooleanColumn): .boolean(column)
        case (_, let column as Integer32Column): .integer32(column)
        case (_, let column as IntegerColumn): .integer(column)
        case (_, let column as FloatColumn): .float(column)
        case (_, let column as NumberColumn): .number(column)
        case (_, let column as VectorColumn): .vector(column)
        case (_, let column as RecordColumn): .record(column)
        default: preconditionFailure("a column of no known kind")
        }
    }
}

// MARK: Which are equal

extension Column {
    func hash(_ item: Int, into hasher: inout ItemHasher) {
        let items = content.items
        guard !items.isNull(item) else { return hasher.combine(.max) }
        hasher.combine(1)
        items.hash(item, into: &hasher)
    }

    func itemHash(_ item: Int) -> ItemHash {
        var hasher = ItemHasher()
        hash(item, into: &hasher)
        return hasher.finish()
    }

    /// Whether two items are the same bit for bit; a null is the same as a null. O(length).
    public func isSame(_ item: Int, as otherItem: Int, of other: Column) -> Bool {
        same(content.items, item, otherItem, other)
    }

    private func same<Storage: ItemStorage>(_ items: Storage, _ item: Int, _ otherItem: Int, _ other: Column) -> Bool {
        guard let others = other.content.items as? Storage, other.type == type else { return false }
        return items.hasSame(item, as: otherItem, of: others)
    }
}

extension ItemStorage {
    func hasSame(_ item: Int, as otherItem: Int, of other: Self) -> Bool {
        switch (isNull(item), other.isNull(otherItem)) {
        case (true, true): true
        case (false, false): isSame(item, as: otherItem, of: other)
        default: false
        }
    }

    func hasSameItems(as other: Self) -> Bool {
        count == other.count && (0..<count).allSatisfy { hasSame($0, as: $0, of: other) }
    }
}

extension ColumnType {
    /// A column of this type without items.
    var emptyColumn: Column {
        switch self {
        case .bytes: .bytes(BytesColumn())
        case .text: .text(BytesColumn())
        case .texts: .texts(ListColumn())
        case .boolean: .boolean(BooleanColumn())
        case .integer32: .integer32(Integer32Column())
        case .integer: .integer(IntegerColumn())
        case .float: .float(FloatColumn())
        case .number: .number(NumberColumn())
        case .vector(let dimension): .vector(VectorColumn(dimension: dimension))
        case .record: .record(RecordColumn(count: 0, columns: [:]))
        }
    }
}
