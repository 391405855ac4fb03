package org.bascule.domain.session;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.directory.SubDevice;
import org.bascule.domain.directory.SubDevice.Service;
import org.bascule.domain.directory.SubDevices;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Operations;
import org.bascule.wire.TcpTarget;

/**
 * Where connections through a device may lead (TOOL-5): to the device itself and to its sub-devices, by their addresses. One that lists services is reached at their ports alone; a desktop that comes from a VNC
 * server, at those of the kinds {@code vnc} and {@code tcp}. The permission is checked with all others.
 */
@ApplicationScoped
public class ForwardRules {

    @Inject
    SubDevices subDevices;

    @Inject
    AuditLog audit;

    /**
     * Whether all targets that somebody asks for are there; says nothing about other operations.
     *
     * @throws RefusedException {@code FORBIDDEN} with the first that is not; the attempt is audited
     */
    public void require(Caller caller, String deviceUid, Operations operations) throws RefusedException {
        Operations listed = listed(caller.domainId(), deviceUid, operations);
        Optional<TcpTarget> missing = operations.names().stream()
                .filter(name -> !listed.allows(name))
                .findFirst()
                .flatMap(ForwardRules::target);
        if (missing.isPresent()) {
            RefusedException refusal = refusal(missing.get());
            audit.recordRefused(caller.did(Operation.SESSION_OPENED, Outcome.DENIED)
                    .on(deviceUid, null)
                    .saying(refusal.detail()));
            throw refusal;
        }
    }

    private static RefusedException refusal(TcpTarget target) {
        return target.port().isPresent()
                ? new RefusedException(
                        Problem.FORBIDDEN,
                        "This device has no sub-device with a service at %s port %d.",
                        target.host(),
                        target.port().getAsInt())
                : new RefusedException(
                        Problem.FORBIDDEN,
                        "This device has no sub-device at %s, or only some of its ports may be reached.",
                        target.host());
    }

    /** Without targets that are not, or not any more, a sub-device. */
    public Operations listed(String domainId, String deviceUid, Operations operations) {
        List<String> leading = operations.names().stream()
                .filter(name ->
                        target(name).filter(target -> !target.isDevice()).isPresent())
                .toList();
        if (leading.isEmpty()) {
            return operations;
        }
        List<SubDevice> behind = subDevices.behind(domainId, List.of(deviceUid));
        var gone = leading.stream()
                .filter(name -> behind.stream().noneMatch(each -> leadsTo(name, each)))
                .collect(Collectors.toSet());
        return gone.isEmpty()
                ? operations
                : new Operations(operations.names().stream()
                        .filter(name -> !gone.contains(name))
                        .toList());
    }

    private static Optional<TcpTarget> target(String operation) {
        return TcpTarget.parse(operation).or(() -> TcpTarget.parseVnc(operation));
    }

    private static boolean leadsTo(String operation, SubDevice to) {
        TcpTarget target = target(operation).orElseThrow();
        String ip = to.ip();
        if (ip == null || !TcpTarget.literal(ip).equals(target.address())) {
            return false;
        }
        boolean vnc = TcpTarget.isVnc(operation);
        List<Service> services = to.services().stream()
                .filter(service -> service.kind() != Service.Kind.SERIAL)
                .toList();
        return services.isEmpty()
                || (target.port().isPresent()
                        && services.stream()
                                .filter(service -> !vnc
                                        || service.kind() == Service.Kind.VNC
                                        || service.kind() == Service.Kind.TCP)
                                .anyMatch(service -> target.coversPort(service.port())));
    }
}
