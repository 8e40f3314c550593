import { expect, it } from "vitest";
import { setDensity } from "./density";

it("is dense until the person chooses otherwise, and is kept on this machine", () => {
  const { dataset } = document.documentElement;
  expect(dataset.density).toBe("dense");
  setDensity("roomy");
  expect(dataset.density).toBe("roomy");
  expect(localStorage.getItem("helpline.density")).toBe("roomy");
  setDensity("dense");
  expect(dataset.density).toBe("dense");
});
