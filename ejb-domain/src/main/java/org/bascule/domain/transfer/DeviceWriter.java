package org.bascule.domain.transfer;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.directory.SubDevice;
import org.bascule.domain.transfer.DirectoryState.Device;
import org.bascule.domain.transfer.Plan.SubDeviceTarget;
import org.bascule.domain.transfer.Plan.Target;

/** Writes the part of a plan that is about devices and what is behind them. */
@Stateless
public class DeviceWriter {

    @Inject
    Sql sql;

    @Inject
    Clock clock;

    private record Tag(String device, String name) {}

    private record Offer(String subDevice, SubDevice.Service service) {}

    public void write(String domain, Plan plan) {
        List<Device> devices = plan.devices.stream().map(Target::after).toList();
        sql.in(domain)
                .statement(
                        """
                        update resource set name = :name, parent_id = :parent, description = :description, inherit = :inherit,
                          version = version + 1
                        where domain_id = :domain and id = :id""")
                .updateEach(devices, (row, device) -> row.set("id", device.id())
                        .set("name", device.name())
                        .set("parent", device.parent())
                        .set("description", device.description())
                        .set("inherit", device.inherit()));
        sql.in(domain)
                .statement("update device set account = :account, tags = :tags, assist_enabled = :assistance,"
                        + " assist_until = :until where domain_id = :domain and id = :id")
                .updateEach(devices, (row, device) -> row.set("id", device.id())
                        .set("account", device.account())
                        .set("tags", String.join(" ", device.tags()))
                        .set("assistance", device.assistance().enabled())
                        .set("until", device.assistance().until()));
        writeTags(domain, plan.devices);
        writeSubDevices(domain, plan.subDevices);
    }

    private void writeTags(String domain, List<Target<Device>> targets) {
        List<Device> tagged = targets.stream()
                .filter(target -> target.before() == null
                        || !target.before().tags().equals(target.after().tags()))
                .map(Target::after)
                .toList();
        sql.in(domain)
                .statement("delete from device_tag where domain_id = :domain and device_id = :id")
                .updateEach(tagged, (row, device) -> row.set("id", device.id()));
        List<Tag> tags = new ArrayList<>();
        tagged.forEach(device -> device.tags().forEach(name -> tags.add(new Tag(device.id(), name))));
        sql.in(domain)
                .statement("insert into device_tag (domain_id, device_id, name) values (:domain, :id, :name)")
                .updateEach(tags, (row, tag) -> row.set("id", tag.device()).set("name", tag.name()));
    }

    private void writeSubDevices(String domain, List<SubDeviceTarget> targets) {
        List<SubDeviceTarget> gone =
                targets.stream().filter(target -> target.after() == null).toList();
        List<SubDeviceTarget> kept =
                targets.stream().filter(target -> target.after() != null).toList();
        sql.in(domain)
                .statement("delete from sub_device where domain_id = :domain and id = :id")
                .updateEach(gone, (row, target) -> row.set("id", target.id()));
        sql.in(domain)
                .statement(
                        """
                        insert into sub_device (id, domain_id, device_id, name, mac, ip, description, created)
                        values (:id, :domain, :device, :name, :mac, :ip, :description, :now)""")
                .set("now", clock.instant())
                .updateEach(
                        kept.stream().filter(target -> target.before() == null).toList(),
                        (row, target) -> bind(row.set("device", target.device()), target));
        sql.in(domain)
                .statement(
                        """
                        update sub_device set name = :name, mac = :mac, ip = :ip, description = :description, version = version + 1
                        where domain_id = :domain and id = :id""")
                .updateEach(
                        kept.stream().filter(target -> target.before() != null).toList(), DeviceWriter::bind);
        sql.in(domain)
                .statement("delete from sub_device_service where domain_id = :domain and sub_device_id = :id")
                .updateEach(kept, (row, target) -> row.set("id", target.id()));
        List<Offer> offers = new ArrayList<>();
        kept.forEach(target -> Objects.requireNonNull(target.after())
                .services()
                .forEach(service -> offers.add(new Offer(target.id(), service))));
        sql.in(domain)
                .statement("insert into sub_device_service (domain_id, sub_device_id, kind, port)"
                        + " values (:domain, :id, :kind, :port)")
                .updateEach(offers, (row, offer) -> row.set("id", offer.subDevice())
                        .set("kind", offer.service().kind().code())
                        .set("port", offer.service().port()));
    }

    private static void bind(Statement row, SubDeviceTarget target) {
        SubDevice.Facts facts = Objects.requireNonNull(target.after());
        row.set("id", target.id())
                .set("name", facts.name())
                .set("mac", facts.mac())
                .set("ip", facts.ip())
                .set("description", facts.description());
    }
}
