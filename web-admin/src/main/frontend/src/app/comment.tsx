import { TextArea } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { request } from "../api/http";
import { Problem } from "../api/problem";
import { useTexts } from "../i18n";
import { TextField } from "./field";
import { domainOptionsQuery } from "./queries";

const LONGEST = 1_000;

/** Whether the domain asks who ends a session of his own what was done. The server decides in any case. */
export function useCommentRequired(): boolean {
  return useQuery(domainOptionsQuery).data?.commentRequired === true;
}

export interface Comment {
  readonly text: string;
  readonly ready: boolean;
  readonly setText: (text: string) => void;
}

export function useComment(): Comment {
  const [text, setText] = useState("");
  return { text: text.trim(), ready: text.trim() !== "", setText };
}

/** The field for what was done in a session. */
export function CommentField({ comment }: { readonly comment: Comment }) {
  const { t } = useTexts();
  return (
    <TextField label={t("comment.label")} help={t("comment.help")} isRequired>
      {(field) => (
        <TextArea
          {...field}
          maxLength={LONGEST}
          rows={3}
          resizeOrientation="vertical"
          onChange={(_event, text) => comment.setText(text)}
        />
      )}
    </TextField>
  );
}

/** Gives a session its comment, while it runs or later; one that has its comment already keeps it. */
export async function sendComment(sid: string, comment: string): Promise<void> {
  try {
    await request("POST", `/api/sessions/${sid}/comment`, { body: { comment } });
  } catch (problem) {
    if (!(problem instanceof Problem && problem.code === "conflict")) throw problem;
  }
}
