import type { DeviceDetail } from "../../api/device";
import { CommentField, sendComment, useComment } from "../../app/comment";
import { ActionDialog } from "../../app/dialog";
import { inertText } from "../../app/inert";
import { useTexts } from "../../i18n";

interface LeaveDialogProps {
  /** The session that must get its comment before; null where none is asked for. */
  readonly sid: string | null;
  readonly title: string;
  /** What is lost. */
  readonly body: string;
  readonly onLeave: () => void;
  readonly onStay: () => void;
}

/** Whether the page is to be left though a session runs. */
export function LeaveDialog({ sid, title, body, onLeave, onStay }: LeaveDialogProps) {
  const { t } = useTexts();
  const comment = useComment();
  return (
    <ActionDialog
      title={title}
      action={t("terminal.leave")}
      cancel={t("terminal.stay")}
      failure={title}
      danger
      ready={sid === null || comment.ready}
      onAction={async () => {
        if (sid !== null) await sendComment(sid, comment.text);
        onLeave();
      }}
      onClose={onStay}
    >
      <p>{body}</p>
      {sid !== null && <CommentField comment={comment} />}
    </ActionDialog>
  );
}

interface CommentDialogProps {
  readonly device: DeviceDetail;
  /** True while the session goes on until there is a comment. */
  readonly ends: boolean;
  /** What is lost when it ends. */
  readonly body: string;
  readonly onComment: (text: string) => Promise<void>;
  readonly onClose: () => void;
}

/** What was done in a session, where the domain wants that said. */
export function CommentDialog({ device, ends, body, onComment, onClose }: CommentDialogProps) {
  const { t } = useTexts();
  const comment = useComment();
  const title = t(ends ? "comment.endTitle" : "comment.afterTitle", { device: inertText(device.name) });
  return (
    <ActionDialog
      title={title}
      action={t(ends ? "session.end" : "comment.save")}
      {...(ends ? {} : { cancel: t("comment.later") })}
      failure={t("comment.failure")}
      danger={ends}
      ready={comment.ready}
      onAction={() => onComment(comment.text)}
      onClose={onClose}
    >
      {ends && <p>{body}</p>}
      <CommentField comment={comment} />
    </ActionDialog>
  );
}
