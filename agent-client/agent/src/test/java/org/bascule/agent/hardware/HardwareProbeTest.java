package org.bascule.agent.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bascule.wire.enrol.HardwareId;
import org.bascule.wire.enrol.HardwareId.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HardwareProbeTest {

    private static final byte[] ROOT = new byte[32];
    private final Path root;

    HardwareProbeTest(@TempDir Path root) {
        this.root = root;
    }

    private void file(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void nic(String name, String address, String assigned, String device) throws IOException {
        String folder = "sys/class/net/" + name + "/";
        file(folder + "address", address + "\n");
        file(folder + "addr_assign_type", assigned + "\n");
        file(folder + "type", "1\n");
        Path real = Files.createDirectories(root.resolve("sys/devices/" + device));
        Files.createSymbolicLink(root.resolve(folder + "device"), real);
    }

    private HardwareId read() {
        return new HardwareProbe(root, null).hash(ROOT);
    }

    @Test
    void machineBoardAndBuiltInInterfacesAreRead() throws Exception {
        file("sys/class/dmi/id/product_uuid", "4C4C4544-0042-3510-8052-B4C04F4D3132\n");
        file("sys/class/dmi/id/board_serial", "/ABC123/CN7\n");
        nic("eth0", "00:1B:21:0A:0B:0C", "0", "pci0000:00/0000:00:1f.6");
        HardwareId id = read();
        assertThat(id.system()).contains(Kind.SYSTEM.hash(ROOT, "4c4c4544-0042-3510-8052-b4c04f4d3132"));
        assertThat(id.board()).contains(Kind.BOARD.hash(ROOT, "/abc123/cn7"));
        assertThat(id.nics()).containsExactly(Kind.NIC.hash(ROOT, "00:1b:21:0a:0b:0c"));
        assertThat(id.toJson().toString().toLowerCase(java.util.Locale.ROOT))
                .doesNotContain("4c4c4544", "abc123", "00:1b");
    }

    @Test
    void numberOfTheDeviceTreeCountsWhereThereIsNoDmi() throws Exception {
        file("sys/firmware/devicetree/base/serial-number", "10000000a1b2c3d4\0");
        assertThat(read().system()).contains(Kind.SYSTEM.hash(ROOT, "10000000a1b2c3d4"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "None",
                "Default string",
                "To be filled by O.E.M.",
                "00000000-0000-0000-0000-000000000000",
                "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
                "03000200-0400-0500-0006-000700080009",
                "x"
            })
    void numbersThatMakersLeftUnsetDoNotCount(String number) throws Exception {
        file("sys/class/dmi/id/product_uuid", number);
        file("sys/class/dmi/id/board_serial", number);
        assertThat(read()).isEqualTo(HardwareId.NONE);
    }

    @Test
    void interfacesThatComeAndGoDoNotCount() throws Exception {
        nic("made-up", "02:42:ac:11:00:02", "0", "pci0/made-up");
        nic("random", "00:1b:21:0a:0b:01", "1", "pci0/random");
        nic("bond", "00:1b:21:0a:0b:02", "3", "pci0/bond");
        nic("dock", "00:1b:21:0a:0b:03", "0", "pci0/usb1/1-1");
        nic("dummy", "00:1b:21:0a:0b:04", "0", "virtual/net/dummy");
        nic("none", "00:00:00:00:00:00", "0", "pci0/none");
        nic("group", "01:1b:21:0a:0b:04", "0", "pci0/group");
        file("sys/class/net/veth0/address", "00:1b:21:0a:0b:05");
        file("sys/class/net/veth0/addr_assign_type", "0");
        file("sys/class/net/veth0/type", "1");
        assertThat(read()).isEqualTo(HardwareId.NONE);
    }

    @Test
    void machineThatShowsNothingHasNoId() {
        assertThat(read().isEmpty()).isTrue();
    }

    @Test
    void numberOfOnesOwnStandsForTheMachine() throws Exception {
        file("sys/class/dmi/id/product_uuid", "4C4C4544-0042-3510-8052-B4C04F4D3132");
        assertThat(new HardwareProbe(root, "none").hash(ROOT)).isEqualTo(HardwareId.NONE);
        assertThat(new HardwareProbe(root, "line 4").hash(ROOT))
                .isEqualTo(new HardwareId(
                        Optional.of(Kind.SYSTEM.hash(ROOT, "given:line 4")), Optional.empty(), List.of()));
        assertThat(new HardwareProbe(root, " ").hash(ROOT)).isEqualTo(read());
    }
}
