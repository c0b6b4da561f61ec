import HearthProfile
import Testing

@Suite struct CodeAddressTests {
    @Test func aReturnAddressIsLookedUpInTheCall() {
        #expect(CodeAddress.returnAddress(0x2010).lookup == 0x200F)
        #expect(CodeAddress.programCounter(0x2010).lookup == 0x2010)
        #expect(CodeAddress.returnAddress(0x2010) != CodeAddress.programCounter(0x2010))
        // Nothing traps on what a broken stack holds.
        #expect(CodeAddress.returnAddress(0).lookup == .max)
        #expect(CodeAddress.programCounter(.max).lookup == .max)
    }
}
