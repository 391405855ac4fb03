package org.bascule.session.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import java.util.Arrays;
import java.util.HexFormat;
import org.bascule.session.handshake.HandshakeVectors;
import org.bascule.session.handshake.SessionKeys;
import org.bascule.session.vectors.VectorFile;
import org.bascule.wire.WireException;
import org.bascule.wire.relay.RelayRole;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ResumeRecordTest {

    private static final SessionKeys KEYS = HandshakeVectors.keys();

    @Test
    void controlRecordsOfTheVectorsOpen() throws Exception {
        RecordCodec device = RecordCodec.AES_256_GCM.create(RelayRole.DEVICE, KEYS);
        byte[] plaintext = new byte[RecordCodec.MAX_PLAINTEXT];
        for (JsonObject entry :
                VectorFile.read("records.json").getJsonArray("control").getValuesAs(JsonObject.class)) {
            byte[] record = HexFormat.of().parseHex(entry.getString("record"));
            int opened = device.open(record, 0, record.length, plaintext);
            assertThat(opened).isNegative();
            ResumeRecord resume = ResumeRecord.parse(Arrays.copyOf(plaintext, ~opened));
            assertThat(resume.relay()).isEqualTo(entry.getString("relay"));
            assertThat(resume.attempt()).isEqualTo(entry.getInt("attempt"));
            assertThat(resume.next()).isEqualTo(entry.getInt("next"));
            assertThat(resume.sid()).isEqualTo(KEYS.sid());
        }
        assertThat(device.received()).isZero();
    }

    @Test
    void cutExtendedAndUnknownOnesAreRefused() {
        byte[] good = new ResumeRecord(KEYS.sid(), "relay-1", 1, 2).bytes();
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> ResumeRecord.parse(cut)).isInstanceOf(WireException.class);
        }
        assertThatThrownBy(() -> ResumeRecord.parse(Arrays.copyOf(good, good.length + 1)))
                .isInstanceOf(WireException.class);
        good[0] = 2;
        assertThatThrownBy(() -> ResumeRecord.parse(good)).isInstanceOf(WireException.class);
    }

    @Test
    void controlRecordsMayBeLostButNotComeBack() throws Exception {
        RecordCodec client = RecordCodec.AES_256_GCM.create(RelayRole.CLIENT, KEYS);
        RecordCodec device = RecordCodec.AES_256_GCM.create(RelayRole.DEVICE, KEYS);
        byte[] plaintext = new byte[RecordCodec.MAX_PLAINTEXT];
        byte[] first = client.sealControl(new byte[] {1}, 0, 1);
        byte[] second = client.sealControl(new byte[] {2}, 0, 1);
        device.open(second, 0, second.length, plaintext);
        assertThatThrownBy(() -> device.open(first, 0, first.length, plaintext))
                .isInstanceOfSatisfying(RecordException.class, e -> assertThat(e.reason())
                        .isEqualTo(RecordException.Reason.BAD_COUNTER));
    }

    /** A forged record must not move the state: what comes after it in order still opens. */
    @Test
    void stateChangesOnlyAfterATagVerified() throws Exception {
        long boundary = 1L << 20;
        RecordCodec client = RecordCodecs.startingAt(boundary, RelayRole.CLIENT, KEYS);
        RecordCodec device = RecordCodecs.startingAt(boundary, RelayRole.DEVICE, KEYS);
        byte[] plaintext = new byte[RecordCodec.MAX_PLAINTEXT];
        byte[] data = client.sealData(new byte[] {1, 2, 3}, 0, 3);
        byte[] control = client.sealControl(new byte[] {4}, 0, 1);
        for (byte[] record : new byte[][] {data, control}) {
            for (int attempt = 0; attempt < 3; attempt++) {
                byte[] forged = record.clone();
                forged[forged.length - 1] ^= 1;
                assertThatThrownBy(() -> device.open(forged, 0, forged.length, plaintext))
                        .isInstanceOf(RecordException.class);
            }
        }
        assertThat(device.open(control, 0, control.length, plaintext)).isEqualTo(~1);
        assertThat(device.open(data, 0, data.length, plaintext)).isEqualTo(3);
        assertThat(device.received()).isEqualTo(boundary + 1);
    }

    @Test
    void plaintextsAreOfOneByteToTheLimit() {
        RecordCodec codec = RecordCodec.AES_256_GCM.create(RelayRole.CLIENT, KEYS);
        assertThatThrownBy(() -> codec.sealData(new byte[0], 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> codec.sealData(new byte[65_537], 0, 65_537))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(codec.sealData(new byte[65_536], 0, 65_536)).hasSize(RecordCodec.MAX_RECORD);
    }
}
