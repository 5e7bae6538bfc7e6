// What was thrown, as far as it has the shape of an error: an AWS SDK's has its code as the name.

export interface ErrorLike {
  readonly name: string;
  readonly message: string;
}

// By shape, not by class: under a test runner the error may come from another realm.
export const likeError = (error: unknown): ErrorLike =>
  typeof error === "object" && error !== null && "name" in error && "message" in error
    ? { name: String(error.name), message: String(error.message) }
    : { name: "Error", message: String(error) };
