internal import HearthProfile

/// A frame's kind and what of a thunk it is, in a byte: the kind in the lower half, the thunk + 1 in the upper one.
///
/// What a later version means by other numbers is a function and no thunk, as far as this one can tell.
enum StoredFrameKind {
    static func byte(_ frame: Frame) -> UInt8 {
        frame.kind.rawValue | (frame.thunk.map { $0.rawValue + 1 } ?? 0) << 4
    }

    static func kind(_ byte: UInt8) -> Frame.Kind { Frame.Kind(rawValue: byte & 0xF) ?? .function }

    static func thunk(_ byte: UInt8) -> Frame.Thunk? { byte < 16 ? nil : Frame.Thunk(rawValue: byte >> 4 - 1) }
}
