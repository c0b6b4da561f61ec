internal import HearthGraph

/// What a body is given: the columns that it reads, of one batch. Lent for the call; what is to outlast it, is copied out.
@safe
public struct NodeInput: ~Copyable {
    /// Unmanaged, and alive for as long as the call: an input cannot outlast it.
    private let frame: Unmanaged<BatchFrame>
    private let columnsBySlot: UnsafePointer<Column?>
    private let slots: UnsafePointer<Int32>
    /// Of these slots the node is the last reader.
    private let lastReads: UnsafePointer<Int32>
    private let lastReadCount: Int
    /// How many columns it reads.
    public let columnCount: Int
    /// Items of the batch.
    public let count: Int

    init(
        _ frame: BatchFrame, slots: UnsafePointer<Int32>, columnCount: Int, lastReads: UnsafePointer<Int32>,
        lastReadCount: Int
    ) {
        unsafe self.lastReads = lastReads
        self.lastReadCount = lastReadCount
        unsafe self.frame = .passUnretained(frame)
        unsafe columnsBySlot = frame.columnsBySlot
        unsafe self.slots = slots
        self.columnCount = columnCount
        count = frame.count
    }

    /// A column by the order of the node's inputs. O(1).
    public subscript(_ index: Int) -> Column {
        precondition(index >= 0 && index < columnCount, "the node has no such input")
        guard let column = unsafe columnsBySlot[Int(slots[index])] else {
            preconditionFailure("a column was read before it was made, or after it was let go")
        }
        return column
    }

    /// The same, taken out of the batch if nobody else reads it any more: then it is the only reference, and whoever changes the
    /// column changes it where it lies. To be called once an input, which is gone then; ``subscript(_:)`` traps after it. O(1).
    public func take(_ index: Int = 0) -> Column {
        precondition(index >= 0 && index < columnCount, "the node has no such input")
        let slot = unsafe slots[index]
        for place in 0..<lastReadCount where unsafe lastReads[place] == slot {
            // An input that is read twice is still to be read.
            for other in 0..<columnCount where unsafe slots[other] == slot && other != index { return self[index] }
            guard let column = unsafe frame._withUnsafeGuaranteedRef({ $0.take(slot: Int(slot)) }) else {
                preconditionFailure("a column was taken twice")
            }
            return column
        }
        return self[index]
    }

    /// All of them, in the order of the node's inputs.
    public var columns: [Column] { (0..<columnCount).map { self[$0] } }

    /// Items that a node before this one set aside, by item; their values here mean nothing.
    public var rejections: [Rejection] {
        unsafe frame._withUnsafeGuaranteedRef { frame in
            guard frame.hasRejections else { return [] }
            return frame.rejections(slots: (0..<columnCount).map { unsafe Int(slots[$0]) })
        }
    }

    /// Running number of the batch, from 0.
    public var batch: Int { unsafe frame._withUnsafeGuaranteedRef { $0.batch } }
    public var run: String { unsafe frame._withUnsafeGuaranteedRef { $0.run } }
}

// MARK: Columns by what they hold

extension NodeInput {
    public func bytes(_ index: Int = 0) throws(RuntimeError) -> BytesColumn {
        guard case .bytes(let column) = self[index].content else { throw unexpected(index, .bytes) }
        return column
    }

    public func texts(_ index: Int = 0) throws(RuntimeError) -> BytesColumn {
        guard case .text(let column) = self[index].content else { throw unexpected(index, .text) }
        return column
    }

    public func lists(_ index: Int = 0) throws(RuntimeError) -> ListColumn {
        guard case .texts(let column) = self[index].content else { throw unexpected(index, .texts) }
        return column
    }

    public func numbers(_ index: Int = 0) throws(RuntimeError) -> NumberColumn {
        guard case .number(let column) = self[index].content else { throw unexpected(index, .number) }
        return column
    }

    public func vectors(_ index: Int = 0) throws(RuntimeError) -> VectorColumn {
        guard case .vector(let column) = self[index].content else { throw unexpected(index, .vector(dimension: 0)) }
        return column
    }

    public func record(_ index: Int = 0) throws(RuntimeError) -> RecordColumn {
        guard case .record(let column) = self[index].content else { throw unexpected(index, .record) }
        return column
    }

    private func unexpected(_ index: Int, _ type: ColumnType) -> RuntimeError {
        .wrongColumn(name: "input \(index)", detail: "is \(self[index].type) and was read as \(type)")
    }
}

extension NodeBody {
    /// Calls the body outside of any pipeline, as a test does.
    public func evaluate(
        _ columns: [Column], count: Int? = nil, rejections: [Rejection] = []
    ) throws -> NodeOutput {
        let frame = BatchFrame(columns, count: count ?? columns.first?.count ?? 0, rejections: rejections)
        return try frame.withInput { try evaluate($0) }
    }
}
