internal import CHearthSampler
package import HearthProfile

extension CodeAddress {
    /// A frame's word of the ring, where bits above the address tell its kind.
    package init(recorded word: UInt64) {
        let address = word & HEARTH_PC_MASK
        self = word & HEARTH_PC_EXACT != 0 ? .programCounter(address) : .returnAddress(address)
    }
}
