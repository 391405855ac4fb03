package org.bascule.domain.transfer;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.contract.Qualification;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.directory.SubDevice;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.options.Assistance;
import org.bascule.domain.options.DomainOptions;
import org.bascule.domain.options.Options;
import org.bascule.domain.options.OptionsView;
import org.bascule.domain.sessionpolicy.SessionPolicy;
import org.bascule.domain.transfer.DirectoryState.Device;
import org.bascule.domain.transfer.DirectoryState.Folder;
import org.bascule.domain.transfer.DirectoryState.Group;
import org.bascule.domain.transfer.DirectoryState.User;

/**
 * Writes what the caller sees: folders, contracts, devices and what is set for them with {@code see-resources}, users, qualifications, groups,
 * memberships and what is set for users with {@code see-users}, entries on resources with {@code manage-permissions} there, options for who may
 * change them. Of one state of the database; devices are read in portions while they are written.
 */
@Stateless
public class Exports {

    @Inject
    StateReader reader;

    @Inject
    Options options;

    @Inject
    AuditLog audit;

    @Inject
    Transactions transactions;

    /** Writes it all into a file; audited. Whoever gets it may be slow: the transaction does not wait for him. */
    public void write(Caller caller, Format format, Path file) throws IOException {
        // of its own: it is there before anything can be read
        transactions.inNew(() -> {
            audit.record(caller.did(Operation.EXPORTED, Outcome.SUCCESS)
                    .on(caller.domainId(), caller.domainName())
                    .saying(format.code()));
            return true;
        });
        DirectoryState state = reader.read(caller);
        try (OutputStream stream = Files.newOutputStream(file);
                LineWriter out = LineWriter.of(format, caller.domainName(), stream)) {
            new Lines(state, out).write(caller);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private final class Lines {
        private final DirectoryState state;
        private final LineWriter out;
        private final References references;

        /** What entries, session policies and fixed relays are set on. */
        private final Set<String> named;

        Lines(DirectoryState state, LineWriter out) {
            this.state = state;
            this.out = out;
            this.references = new References(state);
            this.named = Stream.of(
                            state.entries.stream().map(Entry::resource),
                            state.sessionPolicies.keySet().stream(),
                            state.fixedRelays.keySet().stream())
                    .flatMap(ids -> ids)
                    .collect(Collectors.toSet());
        }

        void write(Caller caller) {
            OptionsView view = options.read(caller);
            if (view.editable()) {
                put(optionsLine(view.options()));
            }
            List<Folder> folders = state.folders.values().stream()
                    .filter(folder -> state.seesFolder(folder.id()))
                    .sorted(Comparator.comparing((Folder folder) -> state.names(folder.id()), References::compare)
                            .thenComparing(Folder::id))
                    .toList();
            folders.forEach(folder -> put(folderLine(folder)));
            for (Folder folder : folders) {
                Optional.ofNullable(state.contracts.get(folder.id()))
                        .ifPresent(contract -> put(contractLine(folder, contract)));
            }
            writePrincipals();
            reader.eachPortion(caller, portion -> {
                portion.devices().stream()
                        .filter(device -> named.contains(device.id()))
                        .forEach(device -> state.devices.put(device.id(), device));
                portion.devices().forEach(device -> put(deviceLine(device)));
                portion.behind().forEach(each -> put(subDeviceLine(each)));
            });
            reader.readHeld(caller, state, state.devices.keySet());
            known(state.sessionPolicies).forEach(each -> put(policyLine(each.getKey(), each.getValue())));
            known(state.fixedRelays)
                    .forEach(each -> put(Line.of(Kind.FIXED_RELAY)
                            .with(Column.RESOURCE, references.text(each.getKey()))
                            .with(Column.RELAY, each.getValue())));
            writeEntries();
        }

        private void writePrincipals() {
            List<User> users = state.users.values().stream()
                    .filter(user -> state.seesPrincipal(user.id()))
                    .sorted(Comparator.comparing(User::name).thenComparing(User::id))
                    .toList();
            for (User user : users) {
                put(Line.of(Kind.USER)
                        .with(Column.ID, user.id())
                        .with(Column.NAME, user.name())
                        .with(Column.PATH, state.folderPath(user.parent())));
            }
            for (User user : users) {
                Optional.ofNullable(state.qualifications.get(user.id()))
                        .ifPresent(held -> held.values().forEach(item -> put(qualificationLine(user, item))));
            }
            List<Group> groups = state.groups.values().stream()
                    .filter(group -> state.seesPrincipal(group.id()))
                    .sorted(Comparator.comparing((Group group) -> state.path(group))
                            .thenComparing(Group::id))
                    .toList();
            for (Group group : groups) {
                put(Line.of(Kind.GROUP)
                        .with(Column.ID, group.id())
                        .with(Column.PATH, state.path(group))
                        .with(Column.DESCRIPTION, group.description()));
            }
            state.memberships.stream()
                    .filter(link -> state.seesPrincipal(link.group()) && state.seesPrincipal(link.member()))
                    .map(link -> Line.of(Kind.MEMBER)
                            .with(Column.GROUP, references.text(link.group()))
                            .with(Column.MEMBER, references.text(link.member())))
                    .sorted(Comparator.comparing((Line line) -> line.values().get(Column.GROUP))
                            .thenComparing(line -> line.values().get(Column.MEMBER)))
                    .forEach(this::put);
        }

        /** Those that the caller sees, in the order in which they are named. */
        private <T> List<Map.Entry<String, T>> known(Map<String, T> set) {
            return set.entrySet().stream()
                    .filter(each -> references.isKnown(each.getKey()))
                    .sorted(Comparator.comparing((Map.Entry<String, T> each) -> references.text(each.getKey()))
                            .thenComparing(Map.Entry::getKey))
                    .toList();
        }

        private Line policyLine(String id, SessionPolicy policy) {
            return Line.of(Kind.SESSION_POLICY)
                    .with(Column.RESOURCE, references.text(id))
                    .with(Column.CONSENT, policy.consentText())
                    .with(Column.REASON_REQUIRED, policy.reasonRequired())
                    .with(Column.FULL_LOG, policy.fullLog())
                    .with(Column.TIMEOUT_SECONDS, policy.timeoutSeconds());
        }

        /** A device's entries are told if the device was. */
        private void writeEntries() {
            Function<Entry, String> order = entry -> String.join(
                    "\n",
                    references.text(entry.resource()),
                    references.text(entry.principal()),
                    entry.permission().code(),
                    entry.effect().code());
            state.entries.stream()
                    .filter(entry -> entry.origin() == Entry.Origin.ENTRY)
                    .filter(entry -> state.holds(Permission.MANAGE_PERMISSIONS, entry.resource())
                            && references.isKnown(entry.resource())
                            && state.seesPrincipal(entry.principal()))
                    .sorted(Comparator.comparing(order).thenComparing(Entry::id))
                    .forEach(entry -> put(entryLine(entry)));
        }

        private Line entryLine(Entry entry) {
            return Line.of(Kind.ENTRY)
                    .with(Column.RESOURCE, references.text(entry.resource()))
                    .with(Column.PRINCIPAL, references.text(entry.principal()))
                    .with(Column.PERMISSION, entry.permission().code())
                    .with(Column.EFFECT, entry.effect().code())
                    .with(Column.FROM, entry.validity().from())
                    .with(Column.UNTIL, entry.validity().until())
                    .with(
                            Column.WINDOW,
                            entry.validity().window() == null
                                    ? null
                                    : Windows.text(entry.validity().window()))
                    .with(Column.DELEGABLE, entry.delegable());
        }

        private Line qualificationLine(User user, Qualification item) {
            return Line.of(Kind.QUALIFICATION)
                    .with(Column.PRINCIPAL, references.text(user.id()))
                    .with(Column.NAME, item.name())
                    .with(Column.UNTIL, item.until());
        }

        private Line folderLine(Folder folder) {
            return Line.of(Kind.FOLDER)
                    .with(Column.ID, folder.id())
                    .with(Column.PATH, state.folderPath(folder.id()))
                    .with(Column.DESCRIPTION, folder.description())
                    .with(Column.INHERIT, folder.inherit())
                    .with(Column.QUOTA, folder.quota());
        }

        private Line contractLine(Folder folder, Contract contract) {
            return Line.of(Kind.CONTRACT)
                    .with(Column.PATH, state.folderPath(folder.id()))
                    .with(Column.REFERENCE, contract.reference())
                    .with(Column.PURPOSE, contract.purpose())
                    .with(Column.FROM, contract.from())
                    .with(Column.UNTIL, contract.until())
                    .with(Column.TERMS, contract.terms())
                    .with(Column.REQUIRED, contract.required())
                    .with(Column.QUALIFICATIONS, Lists.join(contract.qualifications()));
        }

        private Line deviceLine(Device device) {
            return Line.of(Kind.DEVICE)
                    .with(Column.ID, device.id())
                    .with(Column.PATH, state.path(device))
                    .with(Column.DESCRIPTION, device.description())
                    .with(Column.INHERIT, device.inherit())
                    .with(Column.ACCOUNT, device.account())
                    .with(Column.TAGS, Lists.join(device.tags()))
                    .with(Column.ASSISTANCE, device.assistance().enabled())
                    .with(Column.ASSISTANCE_UNTIL, device.assistance().until());
        }

        private Line subDeviceLine(SubDevice each) {
            return Line.of(Kind.SUB_DEVICE)
                    .with(Column.ID, each.id())
                    .with(Column.RESOURCE, References.DEVICE + each.device())
                    .with(Column.NAME, each.name())
                    .with(Column.MAC, each.mac())
                    .with(Column.IP, each.ip())
                    .with(Column.DESCRIPTION, each.description())
                    .with(
                            Column.SERVICES,
                            Lists.join(each.services().stream()
                                    .map(SubDevice.Service::text)
                                    .toList()));
        }

        private void put(Line line) {
            try {
                out.write(line);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Line optionsLine(DomainOptions options) {
        return Line.of(Kind.OPTIONS)
                .with(Column.COMMENT_REQUIRED, options.commentRequired())
                .with(Column.FULL_SESSION_LOG, options.fullSessionLog())
                .with(Column.ASSISTANCE, options.assistance().enabled())
                .with(
                        Column.CONTACT_FIELDS,
                        Lists.join(options.assistance().contactFields().stream()
                                .map(Assistance.ContactField::code)
                                .toList()))
                .with(Column.EXPIRES_HOURS, options.assistance().expiresHours())
                .with(Column.NOTIFICATION_ADDRESSES, Lists.join(options.notificationAddresses()))
                .with(Column.QUOTA, options.quota())
                .with(Column.AUDIT_DAYS, options.auditDays());
    }
}
