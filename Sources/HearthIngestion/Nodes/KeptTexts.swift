internal import HearthRuntime

/// Texts that lie nowhere else, until the columns are made of them. They stay where they are as long as this does. For one task at
/// a time.
@safe final class KeptTexts {
    private var pieces: [UnsafeMutablePointer<UInt8>] = unsafe []

    deinit {
        for index in unsafe pieces.indices { unsafe pieces[index].deallocate() }
    }

    func keep(_ text: String) -> TextPlace {
        let count = text.utf8.count
        let piece = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, count))
        unsafe pieces.append(piece)
        _ = unsafe UnsafeMutableBufferPointer(start: piece, count: count).initialize(from: text.utf8)
        return unsafe TextPlace(start: piece, count: count)
    }
}
