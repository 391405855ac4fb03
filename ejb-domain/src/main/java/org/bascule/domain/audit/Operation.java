package org.bascule.domain.audit;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What was done or attempted: the operation codes of the audit log. A code is never reused for something else. */
public enum Operation {
    LOGIN("login"),
    LOGOUT("logout"),
    /** A sign-in was ended by somebody from elsewhere, such as an administrator. */
    SIGN_IN_ENDED("sign-in.end"),
    API_TOKEN_CREATED("api-token.create"),
    API_TOKEN_REVOKED("api-token.revoke"),
    /** It no longer counts in folders that were deleted. */
    API_TOKEN_CHANGED("api-token.update"),
    TOKEN_CREATED("enrolment-token.create"),
    TOKEN_DELETED("enrolment-token.delete"),
    DEVICE_ENROLLED("device.enrol"),
    /** An unregistered machine was accepted or rejected by its code. */
    DEVICE_PAIRED("device.pair"),
    /** A new certificate, with the next key or with the same. */
    DEVICE_RENEWED("device.renew"),
    DEVICE_REVOKED("device.revoke"),
    /** The device gave up its identity by itself. */
    DEVICE_RESET("device.reset"),
    DEVICE_RELEASED("device.release"),
    /** The device came from another machine, or is bound to one. */
    DEVICE_HARDWARE("device.hardware"),
    DEVICE_REBOUND("device.rebind"),
    /** Somebody tried to register the machine of a device again. */
    DEVICE_CLAIMED("device.claim"),
    /** Somebody who looks after the device has seen that. */
    DEVICE_CLAIM_ACKNOWLEDGED("device.acknowledge-claim"),
    ASSISTANCE_REQUESTED("assistance.request"),
    ASSISTANCE_TAKEN("assistance.take"),
    ASSISTANCE_CLOSED("assistance.close"),
    DEVICE_UPDATED("device.update"),
    DEVICE_REMOVED("device.remove"),
    DEVICE_CHANNEL("device.channel"),
    DEVICE_CLONE("device.clone"),
    DEVICE_QUARANTINE_CLEARED("device.clear-quarantine"),
    /** Something that the agent itself recorded; the description begins with its code. */
    DEVICE_REPORT("device.report"),
    DEVICE_MOVED("device.move"),
    SUB_DEVICE_CREATED("sub-device.create"),
    SUB_DEVICE_UPDATED("sub-device.update"),
    SUB_DEVICE_DELETED("sub-device.delete"),
    /** From one device to another; recorded at both. */
    SUB_DEVICE_MOVED("sub-device.move"),
    /** On all devices that carried it and that the person sees. */
    TAG_RENAMED("tag.rename"),
    TAG_DELETED("tag.delete"),
    FOLDER_CREATED("folder.create"),
    ENTRY_CREATED("permission.add"),
    ENTRY_CHANGED("permission.update"),
    ENTRY_REMOVED("permission.remove"),
    INHERITANCE_CHANGED("permission.inheritance"),
    ACCESS_REQUESTED("access-request.create"),
    ACCESS_APPROVED("access-request.approve"),
    ACCESS_REJECTED("access-request.reject"),
    ACCESS_WITHDRAWN("access-request.withdraw"),
    ACCESS_REQUEST_EXPIRED("access-request.expire"),
    FOLDER_UPDATED("folder.update"),
    FOLDER_MOVED("folder.move"),
    FOLDER_DELETED("folder.delete"),
    USER_UPDATED("user.update"),
    USER_MOVED("user.move"),
    /** A company's identity provider or directory. */
    PROVIDER_ADDED("identity-provider.create"),
    PROVIDER_CHANGED("identity-provider.update"),
    PROVIDER_REMOVED("identity-provider.delete"),
    PROVIDER_TESTED("identity-provider.test"),
    USER_BOUND("user.bind"),
    USER_DELETED("user.delete"),
    /** Somebody gave a user a new first password. */
    PASSWORD_RESET("user.reset-password"),
    /** Somebody removed every second factor of a user. */
    FACTORS_RESET("user.reset-factors"),
    USER_INVITED("user.invite"),
    GROUP_CREATED("group.create"),
    GROUP_UPDATED("group.update"),
    GROUP_MOVED("group.move"),
    GROUP_DELETED("group.delete"),
    MEMBER_ADDED("group.add-member"),
    MEMBER_REMOVED("group.remove-member"),
    SESSION_OPENED("session.open"),
    /** Somebody was asked whether a session may start. */
    CONSENT_ASKED("consent.ask"),
    CONSENT_GRANTED("consent.grant"),
    CONSENT_REFUSED("consent.refuse"),
    /** Nobody answered in time, which refuses. */
    CONSENT_TIMED_OUT("consent.time-out"),
    SESSION_POLICY_SET("session-policy.set"),
    SESSION_STARTED("session.start"),
    SESSION_ENDED("session.end"),
    SESSION_COMMENTED("session.comment"),
    /** Somebody watches a session of somebody else; as the device says it, as all that follows: the full log of a session. */
    WATCHING_STARTED("session.watch"),
    WATCHING_ENDED("session.watch-end"),
    TOOL_STARTED("session.tool-start"),
    TOOL_ENDED("session.tool-end"),
    PROCESS_STARTED("session.process-start"),
    PROCESS_ENDED("session.process-end"),
    PROCESS_KILLED("session.process-kill"),
    /** A file came or went, or was changed. */
    FILE_USED("session.file"),
    FORWARDED("session.forward"),
    CLIPBOARD_USED("session.clipboard"),
    /** A message of a chat with the person at the device; never what it says. */
    CHAT_USED("session.chat"),
    DOMAIN_CREATED("domain.create"),
    OPTIONS_CHANGED("domain.options"),
    /** How people sign in to the domain. */
    SIGN_IN_CHANGED("domain.sign-in"),
    /** The operator began to make a domain, or took that back; recorded in the operator's domain. */
    DOMAIN_REQUESTED("domain.request"),
    DOMAIN_CANCELLED("domain.cancel"),
    CONTRACT_SET("contract.set"),
    CONTRACT_REMOVED("contract.remove"),
    QUALIFICATIONS_CHANGED("user.qualifications"),
    USER_ADDED("user.add"),
    /** What of a domain the caller saw was written to a file. */
    EXPORTED("directory.export"),
    /** A file was read in; each change has a record of its own. */
    IMPORTED("directory.import"),
    /** Somebody took a copy of the log, or of a part of it. */
    AUDIT_EXPORTED("audit.export"),
    /** The operator removed records that had expired: written by the database. */
    AUDIT_EXPIRED("audit.expire"),
    /** Records or certificates were found that nobody had handed to be sealed: somebody has changed the database. */
    AUDIT_MENDED("audit.mend"),
    /** A password was changed by its user, at the realm. */
    PASSWORD_CHANGED("account.password"),
    /** A second factor, passkey or recovery codes were set up or removed by their user, at the realm. */
    FACTOR_CHANGED("account.factor"),
    /** A mail to set a new password was asked for, or used. */
    ACCOUNT_RESET("account.reset"),
    /** Something else of an account was changed at the realm. */
    ACCOUNT_CHANGED("account.change"),
    /** The realm lets nobody try this account for a while. */
    ACCOUNT_LOCKED("account.lock"),
    /** Somebody other than this server changed something in the realm. */
    REALM_CHANGED("realm.change"),
    /** Too many failed attempts: nothing from there is looked at for a while. */
    ADDRESS_BLOCKED("address.block"),
    ADDRESS_UNBLOCKED("address.unblock"),
    /** A relay made itself known, or an approved one wants other addresses; recorded in the operator's domain, as what follows. */
    RELAY_REQUESTED("relay.request"),
    RELAY_APPROVED("relay.approve"),
    RELAY_REFUSED("relay.refuse"),
    RELAY_REMOVED("relay.remove"),
    /** The operator wants a relay to be empty, or takes that back. */
    RELAY_DRAINED("relay.drain"),
    /** The key set that the installation's root signed is another one; recorded in the operator's domain. */
    KEY_SET_ACCEPTED("installation.key-set"),
    /** A device, a folder or a user must go through this relay. */
    RELAY_FIXED("relay.fix"),
    /** A refused attempt at anything: the description names the missing permission. */
    ACCESS("access");

    /** What changes no value of a resource, or none that this server may know or keep. */
    private static final Set<Operation> WITHOUT_VALUES = EnumSet.of(
            // people come and go
            LOGIN,
            LOGOUT,
            SIGN_IN_ENDED,
            // secrets, and what only the realm knows the values of
            PASSWORD_RESET,
            FACTORS_RESET,
            USER_INVITED,
            PASSWORD_CHANGED,
            FACTOR_CHANGED,
            ACCOUNT_RESET,
            ACCOUNT_CHANGED,
            ACCOUNT_LOCKED,
            REALM_CHANGED,
            // something was looked at, tried or written to a file
            PROVIDER_TESTED,
            EXPORTED,
            AUDIT_EXPORTED,
            // each change has a record of its own
            IMPORTED,
            // of the log and of what keeps guesses away, not of a resource
            AUDIT_EXPIRED,
            AUDIT_MENDED,
            ADDRESS_BLOCKED,
            ADDRESS_UNBLOCKED,
            // what a device or a person at it did, and the course of a session
            DEVICE_CHANNEL,
            DEVICE_REPORT,
            CONSENT_ASKED,
            CONSENT_GRANTED,
            CONSENT_REFUSED,
            CONSENT_TIMED_OUT,
            SESSION_OPENED,
            SESSION_STARTED,
            SESSION_ENDED,
            WATCHING_STARTED,
            WATCHING_ENDED,
            TOOL_STARTED,
            TOOL_ENDED,
            PROCESS_STARTED,
            PROCESS_ENDED,
            PROCESS_KILLED,
            FILE_USED,
            FORWARDED,
            CLIPBOARD_USED,
            CHAT_USED,
            // only ever refused
            ACCESS);

    private final String code;

    Operation(String code) {
        this.code = code;
    }

    public String code() {
        return code;
    }

    /** Whether it changes a resource: a record that it succeeded has the values before and after. */
    public boolean isChange() {
        return !WITHOUT_VALUES.contains(this);
    }

    public static Optional<Operation> ofCode(String code) {
        return Arrays.stream(values()).filter(o -> o.code.equals(code)).findFirst();
    }
}
